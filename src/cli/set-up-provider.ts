import type {Behalf, ClientVerdict, ProviderInput, ProviderPreview, SetUpPlan} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {
  askClientId,
  askClientSecret,
  askForAnyClientSecret,
  readClientSecret,
  type ClientCredentials,
  type CredentialFlags,
} from './ask-credentials.js'
import {explainRegistration, TWITCH_CLIENT_TYPES} from './explain-registration.js'
import {spinWhile} from './spinner.js'
import type {Talk} from './talk.js'

interface SetUp {
  talk: Talk
  behalf: Pick<Behalf, 'planSetUp' | 'checkClient'>
  flags: CredentialFlags
  /** The provider with these credentials. */
  describe(credentials: Partial<ClientCredentials>): ProviderInput
  /** Whether to ask the provider about what was typed. */
  check: boolean
}

type ClientKind = 'confidential' | 'public'

/**
 * Leads a person through registering an application and typing in its client, and goes on until the provider takes it.
 * Nothing is stored.
 */
export async function setUpProvider(setUp: SetUp): Promise<{input: ProviderInput; explained: boolean}> {
  const {talk, behalf, flags} = setUp
  const plan = await behalf.planSetUp(setUp.describe({}))
  const explained = flags['client-id'] === undefined
  if (explained) for (const line of explainRegistration(plan)) talk.say(line)
  let credentials = await askForClient(setUp, plan)
  for (;;) {
    const input = {
      ...setUp.describe(credentials),
      ...(credentials.clientSecret === undefined && {publicClient: true}),
    }
    if (!setUp.check) return {input, explained}
    const verdict = await spinWhile(talk.surroundings, `Asking ${plan.title} …`, () =>
      behalf.checkClient(input, {anew: false}),
    )
    if (verdict.kind !== 'refused') {
      await acceptVerdict(talk, plan, verdict, {confidential: credentials.clientSecret !== undefined})
      return {input, explained}
    }
    talk.warn(`${plan.title} refuses this client: “${verdict.reason}”.`)
    talk.say(WHAT_TO_CORRECT[verdict.fault])
    credentials = await correct(talk, verdict, credentials)
  }
}

async function askForClient({talk, flags}: SetUp, plan: SetUpPlan): Promise<ClientCredentials> {
  const given = await readClientSecret(talk, flags)
  const isSettled = given !== undefined || flags['auth-method'] === 'none'
  const explained = flags['client-id'] === undefined
  const kind = plan.dialect === 'twitch' && !isSettled ? await askKind(talk, {explained}) : undefined
  const clientId = flags['client-id'] ?? (await askClientId(talk))
  if (isSettled || kind === 'public') return {clientId, clientSecret: given}
  return {clientId, clientSecret: await (kind === 'confidential' ? askClientSecret : askForAnyClientSecret)(talk)}
}

function askKind(talk: Talk, {explained}: {explained: boolean}): Promise<ClientKind> {
  if (!explained) for (const line of TWITCH_CLIENT_TYPES) talk.say(line)
  return talk.surroundings.prompts.choose<ClientKind>(
    'Client Type:',
    [
      {value: 'confidential', title: 'Confidential (it has a secret)'},
      {value: 'public', title: 'Public (it has none)'},
    ],
    {signal: talk.signal},
  )
}

const WHAT_TO_CORRECT: Record<Extract<ClientVerdict, {kind: 'refused'}>['fault'], string> = {
  'client-id': 'No application there has this client ID. Copy it once more:',
  'client-secret': 'The client ID is right, its secret is not. Copy that once more, or make a new one:',
  'secret-missing': 'The application is of the type Confidential: it has a secret.',
  'secret-given': 'The application is of the type Public: it has no secret.',
  client: 'Copy both once more:',
}

/** Asks again for what was wrong, and for nothing else. */
async function correct(
  talk: Talk,
  {fault}: Extract<ClientVerdict, {kind: 'refused'}>,
  {clientId, clientSecret}: ClientCredentials,
): Promise<ClientCredentials> {
  if (fault === 'secret-given') return {clientId, clientSecret: undefined}
  if (fault === 'client-id') return {clientId: await askClientId(talk), clientSecret}
  const id = fault === 'client' ? await askClientId(talk) : clientId
  const isPublic = clientSecret === undefined && fault !== 'secret-missing'
  return {
    clientId: id,
    clientSecret: isPublic ? undefined : await askClientSecret(talk),
  }
}

async function acceptVerdict(
  talk: Talk,
  {title}: Pick<SetUpPlan, 'title'>,
  verdict: Exclude<ClientVerdict, {kind: 'refused'}>,
  {confidential}: {confidential: boolean},
): Promise<void> {
  if (verdict.kind === 'accepted') {
    talk.succeed(`${title} knows this application${confidential ? ', and accepts its secret' : ''}.`)
  } else if (verdict.kind === 'unsupported') {
    talk.say(`Whether ${title} takes this client cannot be checked beforehand: ${verdict.reason}.`)
  } else {
    talk.warn(`${title} ${verdict.reason}, so what you typed could not be checked.`)
    const {prompts} = talk.surroundings
    if (await prompts.confirm('Keep it unchecked?', {signal: talk.signal, isLikely: true})) return
    throw new BehalfError('unavailable', `${title} could not be asked. Nothing was stored.`, {
      hint: 'Try again when it can be reached, or add --no-check.',
    })
  }
}

/** What of a provider a service sees that is asked for a token. */
const SEEN_OF_CLIENT: readonly string[] = ['clientId', 'clientSecret', 'authMethod', 'tokenUrl']

/**
 * Asks a provider whether it takes the client as it would be after a change.
 * @param change `always`: also where nothing changes that it would see.
 * @throws BehalfError `provider-misconfigured`, or `unavailable` and nobody wants it unchecked.
 */
export async function checkChangedClient(
  talk: Talk,
  behalf: Pick<Behalf, 'planSetUp' | 'checkClient'>,
  {input, preview, always}: {input: ProviderInput; preview: ProviderPreview; always: boolean},
): Promise<void> {
  const {changes, provider} = preview
  if (changes === undefined) return
  if (!always && !changes.some(({setting}) => SEEN_OF_CLIENT.includes(setting))) return
  const {surroundings} = talk
  const {title} = await behalf.planSetUp(input)
  const verdict = await spinWhile(surroundings, `Asking ${title} …`, () => behalf.checkClient(input, {anew: false}))
  if (verdict.kind === 'refused' || !surroundings.interactive) requireTakenClient(input.name, verdict)
  else await acceptVerdict(talk, {title}, verdict, provider)
}

/** What a provider's answer means where nobody can correct anything. @throws BehalfError when it is no yes. */
export function requireTakenClient(name: string, verdict: ClientVerdict): void {
  if (verdict.kind === 'refused') {
    throw new BehalfError(
      'provider-misconfigured',
      `${name} refuses this client: ${verdict.reason}. Nothing was stored.`,
      {
        hint: WHAT_TO_CORRECT[verdict.fault].replace(/:$/, '.'),
      },
    )
  }
  if (verdict.kind === 'unavailable') {
    throw new BehalfError('unavailable', `${name} ${verdict.reason}. Nothing was stored.`, {
      hint: 'Try again in a moment, or leave --check out.',
    })
  }
}
