import {Args} from '@oclif/core'

import {readClientSecret} from '../../cli/ask-credentials.js'
import {BaseCommand} from '../../cli/base-command.js'
import {changeSettings} from '../../cli/change-settings.js'
import {changeFlags, isCheckWanted, providerFlags, providerInputOf} from '../../cli/provider-flags.js'
import {checkChangedClient} from '../../cli/set-up-provider.js'
import {BehalfError} from '../../model/behalf-error.js'
import {needsClient} from '../../model/provider.js'

export default class ProviderUpdate extends BaseCommand {
  static override aliases = ['provider:patch']
  static override summary = 'Change some of how a service is set up.'
  static override description = `What no flag names stays as it is, but a client secret goes with its client id: with another --client-id it is removed, unless --client-secret-file gives the new one.

Tokens are sent only where they came from: with another client id, or an address on another host, the accounts need a new login, unless you say --keep-accounts about the host. At a terminal you are asked before that happens, and the service is asked whether it takes a client that changes; in a script neither is done, and a warning says how many accounts it is.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> twitch --client-secret-file new-secret.txt',
    '<%= config.bin %> <%= command.id %> twitch --callback-url http://localhost:9000/callback',
  ]

  static override args = {
    name: Args.string({required: true, description: 'Which provider.'}),
  }

  static override flags = changeFlags

  async run() {
    const {args, flags} = await this.parse(ProviderUpdate)
    requireChange(flags)
    const {surroundings, talk} = this
    const behalf = await this.openBehalf(flags)
    await behalf.showProvider(args.name)
    const clientSecret = await readClientSecret(talk, flags)
    const input = {...providerInputOf(args.name, flags, {clientSecret}), keepAccounts: flags['keep-accounts']}
    const preview = await behalf.previewProvider(input, {anew: false})
    if (needsClient(preview.provider) && isCheckWanted(flags, surroundings)) {
      const always = flags.check || clientSecret !== undefined
      await checkChangedClient(talk, behalf, {input, preview, always})
    }
    const ask = surroundings.interactive && !flags.yes
    const change = {input, anew: false, preview, ask, verb: 'update', done: 'Changed'}
    return changeSettings(talk, behalf, change)
  }
}

/** @throws BehalfError `usage` when no flag says what to change. */
function requireChange(flags: Record<string, unknown>): void {
  const names = Object.keys(providerFlags)
  if (flags['keep-accounts'] === true || names.some((name) => flags[name] !== undefined)) return
  throw new BehalfError('usage', 'Nothing was given that is to change.', {hint: 'behalf provider update --help'})
}
