import type {LoginInput, LoginResult} from '../compose.js'
import {nameOf} from '../model/account-name.js'
import {MINUTE_MS} from '../model/time.js'
import {BaseCommand} from './base-command.js'
import {completeLogin} from './complete-login.js'
import {chalkFor} from './output.js'
import {loginWarnings} from './present-login.js'

interface LoginFlags {
  store?: string | undefined
  timeout: number
  open: boolean
  'no-color'?: boolean
}

/** What applies to a login that nobody gave flags for. */
export const USUAL_LOGIN = {timeout: 5 * MINUTE_MS, open: true}

/** A command that ends, or may end, when a person has authorized an account. */
export abstract class LoginCommand extends BaseCommand {
  /** As `behalf login` does. */
  protected async logInOwner(
    input: Omit<LoginInput, 'role'>,
    flags: LoginFlags,
    command: string,
  ): Promise<LoginResult> {
    const result = await this.logIn({...input, role: 'owner'}, flags, command)
    this.succeed(`Logged in as ${nameOf(result.account)}.`)
    return result
  }

  /**
   * @param command the command to type to try again.
   * @param advice what someone at a terminal should know before going to the provider's page.
   */
  protected async logIn(input: LoginInput, flags: LoginFlags, command: string, advice?: string): Promise<LoginResult> {
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
      hasDaemonAt: (redirectUri) => behalf.hasDaemonAt(redirectUri),
      command,
      colours: chalkFor(this.surroundings.stderr, flags['no-color'] !== true),
      ...(advice !== undefined && {advice}),
    })
    for (const warning of loginWarnings(result)) this.warnOf(warning)
    return result
  }
}
