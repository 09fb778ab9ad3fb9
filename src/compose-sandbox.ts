import {BehalfError} from './model/behalf-error.js'

/** A local stand-in for Twitch, running. */
export interface RunningSandbox {
  readonly url: string
  /** Where chat is spoken, as IRC over TCP. */
  readonly ircPort: number
  readonly clientId: string
  /** How to use it. */
  describe(): string
  stop(): Promise<void>
}

/**
 * @param options.ircPort undefined: the port after `port`, or any other that is free
 * @throws BehalfError `configuration` when a port that was named is taken.
 */
export async function openSandbox({
  port,
  ircPort,
}: {
  port: number
  ircPort?: number | undefined
}): Promise<RunningSandbox> {
  const {startSandbox} = await import('./sandbox/start-sandbox.js')
  const {describeSandbox} = await import('./sandbox/describe-sandbox.js')
  const irc = ircPort === undefined ? {} : {port: ircPort}
  const sandbox = await startSandbox({port, irc}).catch((error: unknown) => {
    throw explainPort(error)
  })
  return {
    url: sandbox.url,
    ircPort: sandbox.ircPort ?? 0,
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
