import {BehalfError} from '../model/behalf-error.js'
import {nearestNames} from '../model/nearest-names.js'

export const HELP_FLAGS = new Set(['--help', '-h'])

/**
 * @param ids of all commands: `bot:token`.
 * @throws BehalfError `usage` with the nearest names, when the first words are neither a command nor a topic.
 */
export function checkCommandName(argv: readonly string[], ids: readonly string[]): void {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  if (firstFlag === 0 && !HELP_FLAGS.has(argv[0] ?? '')) {
    throw new BehalfError('usage', `Flags such as ${(argv[0] ?? '').slice(0, 80)} stand behind the command.`, {
      hint: 'behalf --help',
    })
  }
  const words = firstFlag < 0 ? argv : argv.slice(0, firstFlag)
  const [first, second] = words
  const topics = ids.filter((id) => id.includes(':')).map((id) => id.replace(/:.*/, ''))
  if (first === undefined || ids.includes(first)) return
  const isTopic = topics.includes(first)
  if (isTopic && (second === undefined || ids.includes(`${first}:${second}`))) return
  const typed = isTopic ? `${first} ${second ?? ''}` : first
  const names = isTopic
    ? ids.filter((id) => id.startsWith(`${first}:`)).map((id) => id.slice(first.length + 1))
    : [...ids.filter((id) => !id.includes(':')), ...topics]
  const nearest = nearestNames(isTopic ? (second ?? '') : first, names).map((name) =>
    isTopic ? `${first} ${name}` : name,
  )
  const meant = nearest.length > 0 ? ` Did you mean ${nearest.join(', ')}?` : ''
  throw new BehalfError('usage', `There is no command “${typed.slice(0, 80)}”.${meant}`, {
    hint: `behalf ${isTopic ? `${first} ` : ''}--help`,
  })
}
