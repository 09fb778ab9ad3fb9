import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {RawReply} from '../model/refresh.js'
import {readJsonAnswer, type JsonAnswer} from './json-answer.js'
import type {Exchange} from './provider-client.js'

/** Statuses that say nothing about the request itself: try again. */
const isTemporary = (status: number): boolean => status === 408 || status === 429 || status >= 500

/**
 * The whole reply of an exchange that a person waits for.
 * @throws BehalfError `unavailable` when there is none, or when trying again may help.
 */
export function requireReply(provider: Provider, exchange: Exchange): RawReply {
  const reason = describeUnavailability(exchange)
  if (exchange.kind === 'reply' && reason === undefined) return exchange.reply
  throw new BehalfError('unavailable', `${provider.name} ${reason ?? 'did not answer'}.`, {
    hint: 'Try again in a moment.',
  })
}

/** Undefined when a whole answer came that is worth reading. */
export function describeUnavailability(exchange: Exchange): string | undefined {
  switch (exchange.kind) {
    case 'not-sent':
      return `could not be reached (${exchange.reason})`
    case 'no-reply':
      return `did not answer (${exchange.reason})`
    case 'reply': {
      const {status, complete} = exchange.reply
      if (isTemporary(status)) return `answered with status ${String(status)}`
      return complete ? undefined : 'broke off in the middle of its answer'
    }
  }
}

/** An answer, and when its request was sent. */
export type TimedAnswer = JsonAnswer & Pick<RawReply, 'sentAt'>

/** @throws BehalfError `unavailable`; `login-failed` when the answer is not what an OAuth server answers. */
export function requireAnswer(
  provider: Provider,
  exchange: Exchange,
  read: (reply: RawReply) => JsonAnswer | undefined = readJsonAnswer,
): TimedAnswer {
  const reply = requireReply(provider, exchange)
  const answer = read(reply)
  if (answer !== undefined) return {...answer, sentAt: reply.sentAt}
  throw new BehalfError(
    'login-failed',
    `${provider.name} answered with status ${String(reply.status)} and something that is not JSON.`,
    {hint: `Check the URLs with \`behalf provider show ${provider.name}\`.`},
  )
}
