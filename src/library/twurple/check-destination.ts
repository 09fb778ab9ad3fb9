import {BehalfError} from '../../model/behalf-error.js'

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * A token is lent to nobody who would send it elsewhere than where it was granted (design 7, rule 10): Twurple knows
 * Twitch, and with `TWURPLE_MOCK_API_PORT` a stand-in on this machine.
 * @throws BehalfError `configuration`.
 */
export function checkDestination(provider: string, apiOrigin: string | undefined, callsTo: string): void {
  if (apiOrigin !== undefined && nameOrigin(apiOrigin) === nameOrigin(callsTo)) return
  const {protocol, hostname, port} = new URL(apiOrigin ?? 'https://none.invalid')
  const isStandIn = protocol === 'http:' && LOOPBACK.test(hostname)
  throw new BehalfError(
    'configuration',
    `Twurple calls ${callsTo}, and the tokens of ${provider} are for ${apiOrigin ?? 'no API'} alone.`,
    {hint: isStandIn ? `Set TWURPLE_MOCK_API_PORT=${port || '80'}.` : 'Unset TWURPLE_MOCK_API_PORT.'},
  )
}

/** The names of this machine are one. */
function nameOrigin(text: string): string {
  if (!URL.canParse(text)) return text
  const {protocol, hostname, port, origin} = new URL(text)
  return LOOPBACK.test(hostname) ? `${protocol}//localhost:${port}` : origin
}
