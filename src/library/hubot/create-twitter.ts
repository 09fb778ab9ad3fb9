import {z} from 'zod'

import {BehalfError} from '../../model/behalf-error.js'
import {callService, parseJson, type ServiceAnswer} from './call-service.js'
import {ServiceRefusal, type Command, type Service, type Turn} from './service.js'

const PROVIDER = 'twitter'

const tweetSchema = z.object({
  created_at: z.string(),
  id_str: z.string().optional(),
  text: z.string().optional(),
  full_text: z.string().optional(),
  user: z.object({screen_name: z.string()}),
})
const searchSchema = z.object({statuses: z.array(tweetSchema)})
const errorsSchema = z.object({errors: z.array(z.object({message: z.string()})).min(1)})

/** How the PIN of each person's last authorization is to be redeemed: subject → flow id. Kept by this process alone. */
type PendingPins = Map<string, string>

export function createTwitter(): Service {
  const pins: PendingPins = new Map()
  return {
    provider: PROVIDER,
    title: 'Twitter',
    clearing: 't clear my credentials',
    invite: ({botName}) => `I have no Twitter authorization of yours. Say: ${botName} t setup auth`,
    renew: async (turn) => ['Twitter no longer takes your authorization.', await askToAuthorize(pins, turn)],
    commands: [setUp(pins), redeemPin(pins), search, tweet, clear(pins)],
  }
}

const setUp = (pins: PendingPins): Command => ({
  usage: 't setup auth',
  summary: 'lets you authorize me to use Twitter as you',
  pattern: /t\s+set\s*up\s*auth\s*$/i,
  answer: async (turn) => [await askToAuthorize(pins, turn)],
})

async function askToAuthorize(pins: PendingPins, turn: Turn): Promise<string> {
  const {behalf, asksForPin, isPrivate, subject, botName} = turn
  // Whoever opens the page first may connect an account of theirs. A PIN serves nobody but the one who asked.
  if (!asksForPin && !isPrivate) {
    return `The address is for you alone. Ask for it in a private message: ${botName} t setup auth`
  }
  const {flowId, authorizationUrl} = await behalf.startFlow({provider: PROVIDER, subject, pin: asksForPin})
  if (!asksForPin) {
    turn.awaitNotice(PROVIDER)
    return `Authorize me here: ${authorizationUrl}`
  }
  pins.set(subject, flowId)
  return `Authorize me here: ${authorizationUrl}\nThen send me the PIN that Twitter shows: ${botName} t auth PIN`
}

const redeemPin = (pins: PendingPins): Command => ({
  usage: 't auth <PIN>',
  summary: 'ends the authorization with the PIN that Twitter showed',
  pattern: /t\s+auth\s+(\S+)\s*$/i,
  async answer(turn, [code = '']) {
    const {behalf, subject, botName} = turn
    const flowId = pins.get(subject)
    if (flowId === undefined) return [`No authorization of yours waits for a PIN. Say: ${botName} t setup auth`]
    try {
      await behalf.processRedirect({flowId, code})
    } catch (error) {
      if (!(error instanceof BehalfError) || error.code !== 'login-failed') throw error
      return ['Twitter does not take that PIN, or not any more.', await askToAuthorize(pins, turn)]
    }
    pins.delete(subject)
    turn.remember(PROVIDER, (await behalf.getAccount({provider: PROVIDER, subject}))?.login)
    return ['You have authenticated']
  },
})

const search: Command = {
  usage: 't search <query>',
  summary: 'finds tweets',
  pattern: /t\s+search\s+(.*\S)\s*$/is,
  async answer(turn, [query = '']) {
    const path = `/1.1/search/tweets.json?${new URLSearchParams({q: query}).toString()}`
    const {statuses} = readAnswer(await callService(turn, PROVIDER, path), searchSchema)
    if (statuses.length === 0) return [`Twitter finds nothing for “${query}”.`]
    return statuses.map(
      ({created_at, user, text, full_text}) => `${created_at} @${user.screen_name}: ${full_text ?? text ?? ''}`,
    )
  },
}

const tweet: Command = {
  usage: 't tweet <text>',
  summary: 'tweets as you',
  pattern: /t\s+tweet\s+(.*\S)\s*$/is,
  async answer(turn, [text = '']) {
    const body = new URLSearchParams({status: text})
    const answer = await callService(turn, PROVIDER, '/1.1/statuses/update.json', {method: 'POST', body})
    const {user, id_str} = readAnswer(answer, tweetSchema)
    const where = id_str === undefined ? '' : `: https://twitter.com/${user.screen_name}/status/${id_str}`
    return [`Tweeted as @${user.screen_name}${where}`]
  },
}

const clear = (pins: PendingPins): Command => ({
  usage: 't clear my credentials',
  summary: 'has me forget your Twitter authorization',
  pattern: /t\s+clear\s+my\s+credentials\s*$/i,
  async answer(turn) {
    const {behalf, subject} = turn
    pins.delete(subject)
    // OAuth 1.0a has no way to revoke a token.
    await behalf.unlink({provider: PROVIDER, subject, keepGrant: true})
    turn.remember(PROVIDER)
    return ['Cleared your Twitter credentials']
  },
})

/** @throws ServiceRefusal in Twitter's own words. */
function readAnswer<T>({status, isOk, text}: ServiceAnswer, schema: z.ZodType<T>): T {
  const body = parseJson(text)
  if (!isOk) {
    const words = errorsSchema.safeParse(body).data?.errors.map(({message}) => message)
    throw new ServiceRefusal(status, words?.join(' ') ?? `status ${String(status)}`)
  }
  const {success, data} = schema.safeParse(body)
  if (!success) throw new ServiceRefusal(status, 'something that I do not understand')
  return data
}
