import {BehalfError} from '../../model/behalf-error.js'

/** Why an address cannot be listened on, for a person. `flag`: what names another. */
export function describeListenFailure(
  {host, port}: {host: string; port: number},
  cause: unknown,
  flag = '--listen',
): BehalfError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const why = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new BehalfError('configuration', `Cannot listen on ${host}:${String(port)}: ${why}.`, {
    hint: `Name another address with ${flag} HOST:PORT.`,
    cause,
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program is listening there',
  EACCES: 'this user may not open that port',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name cannot be looked up now',
}
