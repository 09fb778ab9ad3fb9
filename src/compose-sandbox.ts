/** A local stand-in for Twitch, running. */
export interface RunningSandbox {
  readonly url: string
  readonly clientId: string
  /** How to use it. */
  describe(): string
  stop(): Promise<void>
}

export async function openSandbox(options: {port: number}): Promise<RunningSandbox> {
  const {startSandbox} = await import('./sandbox/start-sandbox.js')
  const {describeSandbox} = await import('./sandbox/describe-sandbox.js')
  const sandbox = await startSandbox(options)
  return {
    url: sandbox.url,
    clientId: sandbox.confidentialClient.id,
    describe: () => describeSandbox(sandbox),
    stop: () => sandbox.stop(),
  }
}
