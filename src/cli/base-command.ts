import {setTimeout as wait} from 'node:timers/promises'

import {Command, Flags, type Interfaces} from '@oclif/core'
import type {ChalkInstance} from 'chalk'

import type {Behalf} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import {EXIT_CODES} from './exit-codes.js'
import {foldMessage} from './fold-message.js'
import {chalkFor, stripControls} from './output.js'
import {errorJson, isLostTerminal, isPlannedExit, toBehalfError} from './present-error.js'
import {sayFailure} from './say-failure.js'
import {createProcessSurroundings, type StopSignal, type Surroundings} from './surroundings.js'
import type {Talk} from './talk.js'

const SIGNAL_EXIT_CODES: Record<StopSignal, number> = {SIGHUP: 129, SIGINT: 130, SIGTERM: 143}

/** A mark and a space. */
const MARK_WIDTH = 2

/** How long an interrupted command may tidy up by itself before the store is closed under it. */
const TIDY_UP_MS = 250

/**
 * What all commands share: flags, where output goes, how errors and signals end a command.
 * What `run` returns is what `--json` prints; `log` is for people, and silent then.
 */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = {
    store: Flags.string({
      helpGroup: 'GLOBAL',
      helpValue: 'FILE',
      summary: 'Where accounts and tokens are kept, instead of the usual place.',
    }),
    'no-color': Flags.boolean({default: false, helpGroup: 'GLOBAL', summary: 'Print without colours.'}),
  }

  protected readonly surroundings: Surroundings = createProcessSurroundings()
  /** A command that runs until it is stopped has ended well then. */
  protected runsUntilStopped = false

  readonly #stop = new AbortController()
  #stoppedBy: StopSignal | undefined
  #opening: Promise<Behalf> | undefined
  #closing: Promise<void> | undefined
  #saidInterrupted = false
  #hasEnded = false
  #forgetSignals: (() => void) | undefined
  #markEnded!: () => void
  readonly #ended = new Promise<void>((resolve) => (this.#markEnded = resolve))

  /** Aborts when the command is to stop waiting for people. */
  protected get stopSignal(): AbortSignal {
    return this.#stop.signal
  }

  /** For those who hold a conversation in this command's name. */
  protected get talk(): Talk {
    return {
      surroundings: this.surroundings,
      signal: this.stopSignal,
      say: (text) => {
        this.say(text)
      },
      succeed: (text) => {
        this.succeed(text)
      },
      warn: (text) => {
        this.warnOf(text)
      },
    }
  }

  protected async openBehalf(flags: {store?: string | undefined}): Promise<Behalf> {
    this.#opening ??= this.surroundings.openBehalf(flags.store === undefined ? {} : {store: flags.store})
    return this.#opening
  }

  /** Lets go of the store before the end, and waits for what has begun. */
  protected closeBehalf(): Promise<void> {
    return this.#close()
  }

  /** What a person may want to do next; programs know. */
  protected advise(text: string): void {
    if (!this.jsonEnabled()) this.say(text)
  }

  /** Tells on stderr what must be known to go on. */
  protected say(text: string): void {
    const {stderr} = this.surroundings
    stderr.write(`${foldMessage(stripControls(text), stderr)}\n`)
  }

  /** Something went well; with `--json` the answer says so. */
  protected succeed(text: string): void {
    if (!this.jsonEnabled()) this.#sayMarked('green', '✓', text)
  }

  /** Something to know about, though nothing failed. */
  protected warnOf(text: string): void {
    this.#sayMarked('yellow', '!', text)
  }

  /** Of what goes to stdout. */
  protected get colours(): ChalkInstance {
    return chalkFor(this.surroundings.stdout, this.#mayColour())
  }

  /** Data, for stdout, as it is. */
  protected print(text: string): void {
    this.surroundings.stdout.write(text)
  }

  override log(message = ''): void {
    if (!this.jsonEnabled()) this.print(`${message}\n`)
  }

  override logJson(json: unknown): void {
    this.print(`${JSON.stringify(json, null, 2)}\n`)
  }

  protected override async init(): Promise<void> {
    await super.init()
    // A closed pipe ends the output, not the work: what is being saved is saved. oclif does the same for stdout.
    // What serves others goes on serving although its log is lost, to a full disk for one.
    this.surroundings.stderr.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.runsUntilStopped) ignoreClosedPipe(error)
    })
    this.#forgetSignals = this.surroundings.onSignal((signal) => void this.#endBy(signal))
  }

  /** An argument that is missing is missing: oclif would read it from stdin, and `logout` run there on whom it found. */
  protected override parse<
    F extends Interfaces.OutputFlags<typeof Command.flags>,
    B extends Interfaces.OutputFlags<typeof Command.baseFlags>,
    A extends Interfaces.OutputArgs<typeof Command.args>,
  >(options: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const {flags, baseFlags, enableJsonFlag, strict} = options
    const args = Object.fromEntries(
      Object.entries(options.args ?? {}).map(([name, arg]) => [name, {...arg, ignoreStdin: true}]),
    ) as typeof options.args
    const given = {flags, baseFlags, enableJsonFlag, strict, args, '--': options['--']}
    return super.parse(given as Interfaces.Input<F, B, A>, argv)
  }

  protected override catch(thrown: Error): Promise<never> {
    if (isPlannedExit(thrown)) throw thrown
    if (this.#stoppedBy !== undefined) {
      this.#sayInterrupted()
      this.exit(SIGNAL_EXIT_CODES[this.#stoppedBy])
    }
    const error = this.#asBehalfError(thrown)
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error))
    else sayFailure(error, this.surroundings.stderr, this.#mayColour())
    const code = EXIT_CODES[error.code]
    this.surroundings.setExitCode(code)
    this.exit(code)
  }

  protected override async finally(): Promise<void> {
    this.#hasEnded = true
    this.#markEnded()
    await this.#close()
    if (this.#stoppedBy !== undefined && !this.runsUntilStopped) {
      this.surroundings.setExitCode(SIGNAL_EXIT_CODES[this.#stoppedBy])
    }
    this.#forgetSignals?.()
  }

  protected override toErrorJson(thrown: unknown): {error: Record<string, unknown>} {
    return errorJson(this.#asBehalfError(thrown))
  }

  /**
   * Stops waiting for people at once, but not for a refresh that has begun: it belongs to the account (design 7,
   * rule 1). Another signal changes nothing about that.
   */
  async #endBy(signal: StopSignal): Promise<void> {
    if (this.#stoppedBy !== undefined) return
    this.#stoppedBy = signal
    this.#stop.abort(new BehalfError('interrupted', 'Interrupted.'))
    if (this.runsUntilStopped) return
    await Promise.race([this.#ended, wait(TIDY_UP_MS)])
    await this.#close()
    this.#sayInterrupted()
    this.surroundings.exit(SIGNAL_EXIT_CODES[signal])
  }

  /** Once, to who pressed Ctrl-C, as at a prompt. A command that came to its own end all the same has said so itself. */
  #sayInterrupted(): void {
    if (this.#stoppedBy !== 'SIGINT' || this.#saidInterrupted || this.#hasEnded || this.jsonEnabled()) return
    this.#saidInterrupted = true
    sayFailure(new BehalfError('interrupted', 'Interrupted.'), this.surroundings.stderr, this.#mayColour())
  }

  #close(): Promise<void> {
    this.#closing ??= this.#closeOnce()
    return this.#closing
  }

  async #closeOnce(): Promise<void> {
    const behalf = await this.#opening?.catch(() => undefined)
    try {
      await behalf?.close()
    } catch (error) {
      this.warnOf(error instanceof Error ? error.message : String(error))
    }
  }

  #asBehalfError(thrown: unknown): BehalfError {
    const {flags, baseFlags} = this.ctor
    const names = Object.keys({...baseFlags, ...flags, json: true, help: true})
    return toBehalfError(thrown, `behalf ${(this.id ?? '').replaceAll(':', ' ')} --help`, names)
  }

  #sayMarked(colour: 'green' | 'yellow', mark: string, text: string): void {
    const {stderr} = this.surroundings
    const message = foldMessage(stripControls(text), stderr, MARK_WIDTH)
    stderr.write(`${chalkFor(stderr, this.#mayColour())[colour](mark)} ${message}\n`)
  }

  #mayColour(): boolean {
    return !this.argv.includes('--no-color')
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && !isLostTerminal(error)) throw error
}
