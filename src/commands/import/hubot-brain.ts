import {Args, Flags} from '@oclif/core'

import {BaseCommand} from '../../cli/base-command.js'
import {parseHubotBrain} from '../../cli/parse-hubot-brain.js'
import {brainExitCode, brainJson, brainLine, isTakenOver} from '../../cli/present-brain-import.js'
import {readInput} from '../../cli/read-input.js'

const LIMIT_BYTES = 64 * 1024 * 1024

export default class ImportHubotBrain extends BaseCommand {
  static override summary = 'Take over the Jenkins credentials that people gave an old Hubot.'
  static override description = `Reads the brain of a Hubot, as JSON, and what is there as jenkins_auth of its users. HUBOT_JENKINS_CRYPTO_SECRET must be set as it was for that Hubot. Each credential is tried at Jenkins before it is kept, as that of the subject ADAPTER:USER-ID. People who have given another one since keep it, so running the same import again is safe.

Exit codes: 6 when Jenkins could not be asked about all of them, else 8 when one could not be read or was refused.`
  static override examples = [
    {
      description: 'From hubot-redis-brain',
      command: 'redis-cli get hubot:storage | <%= config.bin %> <%= command.id %> - --adapter slack',
    },
    '<%= config.bin %> <%= command.id %> brain.json --adapter slack',
  ]

  static override args = {
    file: Args.string({required: true, description: 'The brain, or - for stdin.'}),
  }

  static override flags = {
    adapter: Flags.string({
      required: true,
      helpValue: 'NAME',
      summary: 'Whose user ids the brain has; what subjects begin with.',
    }),
    provider: Flags.string({default: 'jenkins', helpValue: 'NAME', summary: 'What the Jenkins is called here.'}),
  }

  async run() {
    const {args, flags} = await this.parse(ImportHubotBrain)
    const text = await readInput(this.surroundings, {flag: 'FILE', source: args.file, limitBytes: LIMIT_BYTES})
    const credentials = parseHubotBrain(text, args.file === '-' ? 'stdin' : args.file)
    const behalf = await this.openBehalf(flags)
    const {adapter, provider} = flags
    const entries = await behalf.importHubotBrain({adapter, provider, credentials})
    for (const entry of entries) {
      if (isTakenOver(entry)) this.succeed(brainLine(entry))
      else this.warnOf(brainLine(entry))
    }
    if (entries.length === 0) this.advise('There are no Jenkins credentials in this brain.')
    this.surroundings.setExitCode(brainExitCode(entries))
    return brainJson(entries)
  }
}
