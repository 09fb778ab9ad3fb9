import {BaseCommand} from '../cli/base-command.js'
import {readManifest} from '../cli/package-files.js'
import {completeWords, formatCompletion} from '../cli/completion/complete-words.js'
import {createCompletionSources} from '../cli/completion/completion-sources.js'

export default class Complete extends BaseCommand {
  static override hidden = true
  static override strict = false
  static override enableJsonFlag = false
  static override summary = 'List what the last word could become; for the shells.'
  static override examples = ['<%= config.bin %> <%= command.id %> -- bot show te']

  async run() {
    const {argv, flags} = await this.parse(Complete)
    const sources = createCompletionSources({
      openBehalf: () => this.openBehalf(flags),
      loadVocabulary: () => this.surroundings.loadVocabulary(),
    })
    const words = argv.map(String)
    // A person presses the tab key: whatever is wrong, this is not the place to say so.
    const completion = await completeWords(words, readManifest(this.config.root), sources).catch(() => undefined)
    if (completion) this.print(formatCompletion(completion))
  }
}
