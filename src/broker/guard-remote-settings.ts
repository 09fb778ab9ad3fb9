import {BehalfError} from '../model/behalf-error.js'
import type {Provider} from '../model/provider.js'
import type {BrokerDeps} from './broker-deps.js'
import type {ProviderInput} from './build-provider.js'
import {loadProvider} from './load-provider.js'

type Deps = Pick<BrokerDeps, 'store' | 'providers'>

/**
 * What becomes of settings that came over HTTP (design 7, rule 10): whoever may set URLs there must not be sent by it
 * what was kept for others, nor say who somebody is (rule 8). A client secret does not go along to other origins, or where
 * people are known by something else, unless it was given with that; and URLs of such a provider lead nowhere but to the
 * internet from then on.
 * @param present what is stored now, undefined for a new provider.
 * @throws BehalfError `refused` where the secret is the environment's, which nobody can erase from here.
 */
export async function guardRemoteSettings(
  deps: Deps,
  input: Pick<ProviderInput, 'clientSecret'>,
  present: Provider | undefined,
  built: Provider,
): Promise<Provider> {
  await requireKnownOrigins(deps, built)
  const {clientSecret: _kept, addressesFrom: _before, ...settings} = built
  const isMoved = present !== undefined && hasMoved(present, built)
  const clientSecret = isMoved ? input.clientSecret : built.clientSecret
  const isTrusted = present !== undefined && present.addressesFrom === undefined && !haveOtherUrls(present, built)
  return {...settings, ...(clientSecret && {clientSecret}), ...(!isTrusted && {addressesFrom: 'http'})}
}

/** @throws BehalfError `refused` where the environment gives a client secret for this name, and these are not the URLs it went to, or tell people apart otherwise. */
export async function requireKnownOrigins(deps: Deps, built: Provider): Promise<void> {
  const {name} = built
  const override = deps.providers.overrides.find((one) => one.name === name)
  if (!override?.clientSecret) return
  const present = await loadProvider(deps, name).catch(() => undefined)
  if (present && !hasMoved(present, built)) return
  throw new BehalfError(
    'refused',
    `The client secret of ${name} is the environment’s, and goes where the terminal says.`,
    {
      hint: `behalf provider ${present ? 'update' : 'add'} ${name} …`,
    },
  )
}

type UrlName = Extract<keyof Provider, `${string}Url`>

/**
 * Who goes to a URL, and with what: `trusted` is sent client secrets or tokens, or what is signed with them; `asked` is
 * asked without any; `shown` is for people alone. A new URL does not compile until it has a place here.
 */
const URL_USES: Record<UrlName, 'trusted' | 'asked' | 'shown'> = {
  requestTokenUrl: 'trusted',
  authorizeUrl: 'asked',
  tokenUrl: 'trusted',
  deviceUrl: 'trusted',
  deviceTokenUrl: 'trusted',
  revokeUrl: 'trusted',
  validateUrl: 'trusted',
  userinfoUrl: 'trusted',
  jwksUrl: 'asked',
  apiUrl: 'trusted',
  registerUrl: 'shown',
  connectionsUrl: 'shown',
  callbackUrl: 'shown',
}
const URL_NAMES = Object.keys(URL_USES) as UrlName[]

const hasMoved = (before: Provider, after: Provider): boolean =>
  leadsElsewhere(before, after) || knowsOtherwise(before, after)

/** Where the id is that an answer has is the dialect's, or the settings', to say: a field that people edit makes them anyone. */
const knowsOtherwise = (before: Provider, after: Provider): boolean =>
  before.dialect !== after.dialect ||
  (['userId', 'login', 'displayName'] as const).some((member) => before.identity?.[member] !== after.identity?.[member])

/** Whether a client secret or a token would be sent to another origin than before. */
const leadsElsewhere = (before: Provider, after: Provider): boolean =>
  URL_NAMES.some((name) => URL_USES[name] === 'trusted' && originOf(before[name]) !== originOf(after[name]))

const originOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).origin)

const haveOtherUrls = (before: Provider, after: Provider): boolean =>
  before.issuer !== after.issuer || URL_NAMES.some((name) => URL_USES[name] !== 'shown' && before[name] !== after[name])
