import type {LoginInput, LoginResult} from '../compose.js'
import {BaseCommand} from './base-command.js'
import {completeLogin} from './complete-login.js'
import {loginWarnings} from './present-login.js'

/** A command that ends when a person has authorized an account. */
export abstract class LoginCommand extends BaseCommand {
  /** @param command the command to type to try again. */
  protected async logIn(
    input: LoginInput,
    flags: {store?: string | undefined; timeout: number; open: boolean},
    command: string,
  ): Promise<LoginResult> {
    const behalf = await this.openBehalf(flags)
    const pending = await behalf.beginLogin(input)
    const result = await completeLogin(pending, {
      surroundings: this.surroundings,
      say: (text) => {
        this.say(text)
      },
      signal: this.stopSignal,
      timeoutMs: flags.timeout,
      method: input.method,
      openBrowser: flags.open,
      command,
    })
    for (const warning of loginWarnings(result)) this.warnOf(warning)
    return result
  }
}
