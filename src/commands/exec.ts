import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.js'
import {durationFlag} from '../cli/duration.js'
import {readActor} from '../cli/helix-actor.js'
import {checkProgram, explainArguments, splitProgram} from '../cli/split-program.js'
import {tokenVariables} from '../cli/token-variables.js'

export default class Exec extends BaseCommand {
  static override summary = 'Run a program that finds an account’s token in its environment.'
  static override description = `The program gets TWITCH_ACCESS_TOKEN and TWITCH_CLIENT_ID (of another provider: its name in capitals, such as GITHUB_ACCESS_TOKEN), of a token that is renewed first if it would end too soon; and BEHALF_PROVIDER, BEHALF_LOGIN, BEHALF_USER_ID and BEHALF_EXPIRES_AT. What opens behalf's own store, and client secrets, are taken out of its environment.

It is run as it is, never through a shell, with this command's input and output. Signals are passed on, and the exit code is the program's own: 128 and the number of the signal that ended it, 127 if there is no such program, 126 if it cannot be run. The token is not renewed while the program runs.`
  static override usage = '<%= command.id %> [--as ACCOUNT] [--min-ttl TIME] -- PROGRAM [ARGUMENT…]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --as techydrroid -- ./chat-bot.py --channel sam',
    {
      description: 'With a token for the next hour',
      command: "<%= config.bin %> <%= command.id %> --as techydrroid --min-ttl 1h -- sh -c 'echo $BEHALF_LOGIN'",
    },
  ]

  static override strict = false

  static override flags = {
    as: Flags.string({
      helpValue: 'ACCOUNT',
      summary: 'Whose token. Default: the account that BEHALF_AS or .behalf.json names, else the owner.',
    }),
    provider: Flags.string({helpValue: 'NAME', summary: 'Only an account of this provider.'}),
    'min-ttl': durationFlag({
      default: 300_000,
      defaultHelp: () => Promise.resolve('5m'),
      summary: 'How long the token must live at least when the program starts.',
    }),
  }

  async run(): Promise<void> {
    const split = splitProgram(this.argv)
    const {flags, argv} = await this.parse(Exec, split.own).catch((error: unknown) => {
      throw explainArguments(split, error)
    })
    const words = checkProgram(split, argv as string[])
    const behalf = await this.openBehalf(flags)
    const {actor, warnings} = await readActor(behalf, {...flags, app: false})
    const fresh = await behalf.getFreshToken({...actor, minTtlMs: flags['min-ttl']})
    if (fresh.warning !== undefined) warnings.push(fresh.warning)
    for (const warning of warnings) this.warnOf(warning)
    const environment = {...behalf.programEnvironment(), ...Object.fromEntries(tokenVariables(fresh))}
    // Whatever the program does, and however long: nobody waits for a lock of ours.
    await this.closeBehalf()
    this.stopSignal.throwIfAborted()
    this.surroundings.setExitCode(await this.#runInstead(words, environment))
  }

  /** From here on signals are the program's, and this process ends when it has ended. */
  async #runInstead(words: string[], environment: Record<string, string>): Promise<number> {
    const {surroundings} = this
    this.runsUntilStopped = true
    const running = surroundings.runProgram(words, environment)
    const forget = surroundings.onSignal((signal) => {
      // The keys of a terminal have reached the program already: a second signal would cut its tidying up short.
      if (signal === 'SIGINT' && surroundings.hasTerminal) return
      running.then(
        (program) => program.send(signal),
        () => undefined,
      )
    })
    try {
      return await (
        await running
      ).ended
    } finally {
      forget()
    }
  }
}
