import {BehalfError} from '../model/behalf-error.js'
import {findFreePort, type CommandEnd, type CommandStage, type DemoStage} from './demo-stage.js'

/** What the acts of the demo share. */
export type Play = Awaited<ReturnType<typeof preparePlay>>

/** Starts the sandbox, and says how acts are told. */
export async function preparePlay(stage: DemoStage, tell: (text: string) => void) {
  const callbackUrl = `http://localhost:${String(await findFreePort())}/callback`
  const {url} = (await stage.startService(['sandbox', '--port', '0', '--json'])).ready
  if (typeof url !== 'string') throw new BehalfError('internal', 'The sandbox did not say where it is.')
  tell(`A stand-in for Twitch runs at ${url}; nothing leaves this machine.`)
  let commands = 0
  let act = 0

  const control = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const init = body === undefined ? {} : {method: 'POST', body: JSON.stringify(body)}
    const answer = await fetch(`${url}/_sandbox/${path}`, init)
    if (!answer.ok) throw new BehalfError('internal', `The sandbox refused ${path}: ${await answer.text()}`)
    return {...((await answer.json()) as object)}
  }

  return {
    url,
    callbackUrl,
    control,
    count: () => commands,
    /** Heads the next part of the story. */
    head: (title: string) => {
      act += 1
      tell(`\n${String(act)}. ${title}`)
    },
    tell,
    /** Shows a command and what it prints, and checks how it ends. */
    show: async (args: string[], stageOfCommand: CommandStage & {exitCode?: number} = {}): Promise<CommandEnd> => {
      commands += 1
      tell(`   $ behalf ${args.map(quoteArgument).join(' ')}`)
      const end = await stage.run(args, stageOfCommand)
      const printed = end.printed.trimEnd()
      if (printed !== '') for (const line of printed.split('\n')) tell(`   ${clip(line)}`)
      const expected = stageOfCommand.exitCode ?? 0
      if (end.exitCode !== expected) {
        const how = `ended with ${String(end.exitCode)} instead of ${String(expected)}`
        throw new BehalfError('internal', `The demo’s \`behalf ${args.join(' ')}\` ${how}.`)
      }
      return end
    },
    /** Plays the person who opens the address and consents as `login`. */
    consentAs: (login: string) => async (address: string) => {
      const consent = await fetch(address, {headers: {'x-sandbox-auto': login}, redirect: 'manual'})
      const callback = consent.headers.get('location')
      if (callback === null) throw new BehalfError('internal', `${login} could not consent.`)
      await fetch(callback)
    },
  }
}

const quoteArgument = (text: string): string => (/^[\w./:=@-]+$/.test(text) ? text : `'${text}'`)

const WIDTH = 110
const clip = (line: string): string => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line)
