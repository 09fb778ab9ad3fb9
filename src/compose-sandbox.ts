import {BehalfError} from './model/behalf-error.js'

/** A local stand-in for Twitch, running. */
export interface RunningSandbox {
  readonly url: string
  readonly clientId: string
  /** How to use it. */
  describe(): string
  stop(): Promise<void>
}

/** @throws BehalfError `configuration` when the port is taken. */
export async function openSandbox(options: {port: number}): Promise<RunningSandbox> {
  const {startSandbox} = await import('./sandbox/start-sandbox.js')
  const {describeSandbox} = await import('./sandbox/describe-sandbox.js')
  const sandbox = await startSandbox(options).catch((error: unknown) => {
    throw explainPort(options.port, error)
  })
  return {
    url: sandbox.url,
    clientId: sandbox.confidentialClient.id,
    describe: () => describeSandbox(sandbox),
    stop: () => sandbox.stop(),
  }
}

/** Says of a failed listen what is wrong with the port; passes any other error on. */
function explainPort(port: number, error: unknown): unknown {
  const reason = error instanceof Error && 'code' in error ? error.code : undefined
  if (reason !== 'EADDRINUSE' && reason !== 'EACCES') return error
  const why = reason === 'EADDRINUSE' ? 'is taken' : 'may not be opened by this user'
  return new BehalfError('configuration', `Port ${String(port)} ${why}.`, {
    hint: 'behalf sandbox --port 0',
    cause: error,
  })
}
