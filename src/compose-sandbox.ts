import {checkCallbackUrl} from './config/settings.js'
import {BehalfError} from './model/behalf-error.js'

/** A local stand-in for Twitch, running. */
export interface RunningSandbox {
  readonly url: string
  /** Where chat is spoken, as IRC over TCP. */
  readonly ircPort: number
  /** And over TLS, when there was a certificate. */
  readonly ircTlsPort?: number | undefined
  readonly clientId: string
  /** How to use it. */
  describe(): string
  stop(): Promise<void>
}

export interface SandboxInput {
  port: number
  /** Undefined: the port after `port`, or any other that is free. */
  ircPort?: number | undefined
  /** Chat over TLS besides. */
  ircTls?: {certFile: string; keyFile: string}
  /** Registered for its clients, instead of behalf's usual one. */
  callbackUrls?: string[] | undefined
}

/** Node's TLS is loaded where it is asked for. */
async function readTls({certFile, keyFile}: NonNullable<SandboxInput['ircTls']>) {
  const {readTlsFiles} = await import('./config/read-tls-files.js')
  return readTlsFiles(certFile, keyFile)
}

/** @throws BehalfError `configuration` when a port that was named is taken, a URL is none, or a file is not for TLS. */
export async function openSandbox({port, ircPort, ircTls, callbackUrls}: SandboxInput): Promise<RunningSandbox> {
  for (const url of callbackUrls ?? []) checkCallbackUrl(url, '--callback-url')
  const tls = ircTls && (await readTls(ircTls))
  const {startSandbox} = await import('./sandbox/start-sandbox.js')
  const {describeSandbox} = await import('./sandbox/describe-sandbox.js')
  const irc = {...(ircPort !== undefined && {port: ircPort}), ...(tls && {tls})}
  const sandbox = await startSandbox({port, irc, ...(callbackUrls && {callbackUrls})}).catch((error: unknown) => {
    throw explainPort(error)
  })
  return {
    url: sandbox.url,
    ircPort: sandbox.ircPort ?? 0,
    ircTlsPort: sandbox.ircTlsPort,
    clientId: sandbox.confidentialClient.id,
    describe: () => describeSandbox(sandbox),
    stop: () => sandbox.stop(),
  }
}

/** Says of a failed listen what is wrong with the port; passes any other error on. */
function explainPort(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'port' in error)) return error
  const {code: reason, port} = error
  if (reason !== 'EADDRINUSE' && reason !== 'EACCES') return error
  const why = reason === 'EADDRINUSE' ? 'is taken' : 'may not be opened by this user'
  return new BehalfError('configuration', `Port ${String(port)} ${why}.`, {
    hint: 'behalf sandbox --port 0 --irc-port 0',
    cause: error,
  })
}
