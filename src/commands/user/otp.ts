import {BaseCommand} from '../../cli/base-command.js'
import {askOrReadSecret} from '../../cli/read-input.js'
import {providerOf, subjectArg, subjectProviderFlag} from '../../cli/user-flags.js'
import {isoTime} from '../../model/iso-time.js'

export default class UserOtp extends BaseCommand {
  static override summary = 'Hand in a one-time code for the next call as a chat user.'
  static override description = `For services that want a code of the person's own device with a call. It comes from a prompt or from stdin, goes with one call within a minute, and is forgotten then; another one takes its place.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> slack:U02AB',
    '<%= config.bin %> <%= command.id %> slack:U02AB --provider github < code.txt',
  ]

  static override args = {subject: subjectArg}

  static override flags = {provider: subjectProviderFlag}

  async run() {
    const {args, flags} = await this.parse(UserOtp)
    const users = await (await this.openBehalf(flags)).openUsers()
    const code = await askOrReadSecret(this.surroundings, 'One-time code:', this.stopSignal, 'one-time code')
    const {provider, expiresAt} = await users.keepOneTimeCode({...args, ...providerOf(flags), code})
    this.succeed(`The next call as ${args.subject} at ${provider} carries it, if that comes within a minute.`)
    return {subject: args.subject, provider, expires_at: isoTime(expiresAt)}
  }
}
