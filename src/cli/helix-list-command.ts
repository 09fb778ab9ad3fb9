import type {HelixStep} from '../compose.js'
import {EXIT_CODES} from './exit-codes.js'
import {HelixCommand, type HelixCall} from './helix-command.js'
import {errorJson, toBehalfError} from './present-error.js'
import {errorOf} from './present-helix.js'
import {createDocumentPrinter, createLinePrinter, type PagePrinter} from './print-helix-pages.js'
import {SteadyOutput} from './steady-output.js'

interface ListCall extends HelixCall {
  flags: HelixCall['flags'] & {paginate: boolean; lines: boolean; limit?: number | undefined}
}

/** A command that calls Helix once, or reads a list page by page. */
export abstract class HelixListCommand extends HelixCommand {
  protected async readHelix({path, flags}: ListCall): Promise<void> {
    const {paginate, lines, limit} = flags
    const follow = paginate || limit !== undefined
    if (!follow && !lines) return this.callHelix('GET', {path, flags})
    const {behalf, input} = await this.readCall('GET', {path, flags})
    const steps = behalf.walkHelix(input, {...this.paceOf(flags), follow, ...(limit !== undefined && {limit})})
    const output = new SteadyOutput(this.surroundings.stdout)
    const printer = lines ? createLinePrinter() : createDocumentPrinter()
    try {
      await this.#printSteps(steps, printer, output)
    } catch (thrown) {
      this.stopSignal.throwIfAborted()
      if (!this.jsonEnabled()) {
        await output.write(printer.end())
        throw thrown
      }
      // What came is not lost, so the error is the end of it, and not alone.
      const error = toBehalfError(thrown, 'behalf helix get --help')
      await output.write(printer.end(errorJson(error)))
      this.surroundings.setExitCode(EXIT_CODES[error.code])
      this.exit(EXIT_CODES[error.code])
    }
  }

  async #printSteps(steps: AsyncIterable<HelixStep>, printer: PagePrinter, output: SteadyOutput): Promise<void> {
    let isFirst = true
    for await (const step of steps) {
      if (step.kind === 'other') {
        const error = errorOf(step.answer)
        if (error && (!isFirst || this.jsonEnabled())) throw error
        this.printAnswer(step.answer)
        return
      }
      isFirst = false
      this.tellOfCall(step)
      await output.write(printer.page(step.page))
      if (step.mayGoOn) this.warnOf('There may be more items: --paginate reads on.')
      if (output.isClosed) return
    }
    await output.write(printer.end())
  }
}
