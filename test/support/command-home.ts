import {join} from 'node:path'

import type {Behalf} from '../../src/compose.js'
import {startSandbox, type Sandbox} from '../../src/sandbox/start-sandbox.js'
import {findFreePort} from './free-port.js'
import {runCommand, type CommandEnd, type CommandWorld} from './run-command.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A store and a key of its own, with a sandbox as the provider `twitch`, for commands that run in this process. */
export interface CommandHome {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Where logins come back; its port is free. */
  readonly redirectUri: string
  run(argv: string[], world?: CommandWorld): Promise<CommandEnd>
  openBehalf(): Promise<Behalf>
  /** Runs a login command; when it shows its address, this person goes there, decides, and sees the page in the end. */
  logIn(
    argv: string[],
    decide: Decision,
    world?: CommandWorld,
  ): Promise<CommandEnd & {page: {status: number; text: string}}>
  remove(): Promise<void>
}

/** A login name of the sandbox, `deny`, or what to do with the authorization address. */
export type Decision = string | ((authorizationUrl: string) => Promise<Response>)

/** Goes to an authorization address, as someone who decides at once. @returns where the provider sends the browser */
export async function authorizeAs(who: string, authorizationUrl: string): Promise<string> {
  const response = await fetch(authorizationUrl, {redirect: 'manual', headers: {'X-Sandbox-Auto': who}})
  return response.headers.get('location') ?? ''
}

/** @param options `client: 'none'`: nothing is set up yet. */
export async function makeCommandHome(
  options: {client?: 'confidential' | 'public' | 'none'} = {},
): Promise<CommandHome> {
  const folder = await makeTemporaryFolder()
  const sandbox = await startSandbox()
  const redirectUri = `http://localhost:${String(await findFreePort())}/callback`
  sandbox.confidentialClient.redirectUris.push(redirectUri)
  const client = options.client === 'public' ? sandbox.publicClient : sandbox.confidentialClient
  const restoreEnvironment = setEnvironment({
    BEHALF_STORE: join(folder, 'store.json'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    BEHALF_CALLBACK_URL: redirectUri,
  })

  // As commands do. Under mocha what is imported statically may be another copy, with another `Secret`.
  const openBehalf = async (flags: {store?: string} = {}): Promise<Behalf> => {
    const compose = await import('../../src/compose.js')
    return compose.openBehalf(flags)
  }
  const run = (argv: string[], world: CommandWorld = {}): Promise<CommandEnd> =>
    runCommand(argv, {openBehalf, ...world})

  async function logIn(argv: string[], decide: Decision, world: CommandWorld = {}) {
    let page: Promise<Response> | undefined
    const end = await run(argv, {
      ...world,
      watch(running) {
        world.watch?.(running)
        page = running.stderr
          .waitFor(/^(https?:\/\/\S+)\n/m)
          .then(([, url = '']) =>
            typeof decide === 'string' ? authorizeAs(decide, url).then((back) => fetch(back)) : decide(url),
          )
        // A command that fails before it shows an address leaves this waiting; nobody minds.
        page.catch(() => undefined)
      },
    })
    const shown = /^https?:/m.test(end.stderr)
    const response = shown ? await page : undefined
    return {...end, page: {status: response?.status ?? 0, text: (await response?.text()) ?? ''}}
  }

  const provider = ['provider', 'add', 'twitch', '--preset', 'twitch', '--client-id', client.id]
  const urls = ['--identity-url', `${sandbox.url}/oauth2`, '--api-url', `${sandbox.url}/helix`]
  const secret = client.secret === null ? [] : ['--client-secret-file', '-']
  if (options.client !== 'none') {
    const added = await run([...provider, ...urls, ...secret], client.secret === null ? {} : {stdin: client.secret})
    if (added.exitCode !== 0) throw new Error(added.stderr)
  }

  return {
    sandbox,
    folder,
    redirectUri,
    run,
    logIn,
    openBehalf,
    async remove() {
      restoreEnvironment()
      await sandbox.stop()
      await removeFolder(folder)
    },
  }
}

function setEnvironment(values: Record<string, string>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, values)
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = value
    }
  }
}
