import type {CommandManifest, ManifestCommand, ManifestFlag} from '../package-files.js'
import type {Candidate, CompletionSources} from './completion-sources.js'
import {argumentKind, flagKind, type ValueKind} from './value-kinds.js'

export interface Completion {
  candidates: Candidate[]
  /** File names are meant. */
  files: boolean
}

/**
 * What the last of `words` could become. They are what was typed behind the program's name; the last one may be empty.
 * Words that are wrong already are no error: nothing is offered then.
 */
export async function completeWords(
  words: readonly string[],
  manifest: CommandManifest,
  sources: CompletionSources,
): Promise<Completion> {
  const before = words.slice(0, -1)
  const current = words.at(-1) ?? ''
  const count = countNameWords(before, manifest)
  const id = before.slice(0, count).join(':')
  const command = findCommand(manifest, id)
  const offered = command
    ? await completeInCommand(command, before.slice(count), current, sources)
    : count < before.length
      ? plain([])
      : plain(listNextWords(manifest, id))
  const candidates = offered.candidates.filter(({value}) => value.startsWith(current))
  return {...offered, candidates}
}

/** One candidate a line, its description behind a tab; `:files` where file names are meant. */
export const formatCompletion = ({candidates, files}: Completion): string =>
  [
    ...candidates.map(({value, description}) =>
      description === undefined ? value : `${value}\t${oneLine(description)}`,
    ),
    ...(files ? [':files'] : []),
  ]
    .map((line) => `${line}\n`)
    .join('')

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

const plain = (candidates: Candidate[]): Completion => ({candidates, files: false})

const findCommand = ({commands}: CommandManifest, id: string): ManifestCommand | undefined =>
  commands[id] ?? Object.values(commands).find(({aliases}) => aliases.includes(id))

/** How many words name a command or a topic; the longest such name counts. */
function countNameWords(words: readonly string[], {commands}: CommandManifest): number {
  const names = Object.values(commands).flatMap(({id, aliases}) => [id, ...aliases])
  const isName = (count: number): boolean => {
    const id = words.slice(0, count).join(':')
    return names.some((name) => name === id || name.startsWith(`${id}:`))
  }
  let count = 0
  while (count < words.length && isName(count + 1)) count += 1
  return count
}

function listNextWords({commands, topics}: CommandManifest, topic: string): Candidate[] {
  const prefix = topic === '' ? '' : `${topic}:`
  const next = new Map<string, Candidate>()
  for (const {id, summary, hidden} of Object.values(commands)) {
    if (hidden === true || !id.startsWith(prefix)) continue
    const [value = '', ...deeper] = id.slice(prefix.length).split(':')
    const description = deeper.length > 0 ? topics[`${prefix}${value}`] : summary
    if (!next.has(value) || deeper.length === 0)
      next.set(value, {value, ...(description !== undefined && {description})})
  }
  return [...next.values()].sort((a, b) => (a.value < b.value ? -1 : 1))
}

async function completeInCommand(
  command: ManifestCommand,
  before: readonly string[],
  current: string,
  sources: CompletionSources,
): Promise<Completion> {
  const {positional, waiting, used, isOver} = readWords(command, before)
  const kindOf = (flag: ManifestFlag) => flagKind(command, flag)
  if (waiting) return listValues(kindOf(waiting), {command, positional, prefix: '', sources})
  const [, name] = /^--([\w-]+)=/.exec(current) ?? []
  const assigned = name === undefined ? undefined : command.flags[name]
  if (!isOver && assigned) {
    return listValues(kindOf(assigned), {command, positional, prefix: `--${assigned.name}=`, sources})
  }
  if (!isOver && current.startsWith('-')) return plain(listFlags(command, used))
  const kind = argumentKind(command, positional.length)
  // Behind `users?` or `users?login=a&` the names of its query may follow.
  const [typed] = kind.of === 'helix-path' ? (/^[^?]+\?(?:.*&)?/s.exec(current) ?? []) : []
  if (typed === undefined) return listValues(kind, {command, positional, prefix: '', sources})
  return listValues({of: 'helix-query'}, {command, positional: [typed], prefix: typed, sources})
}

/** What the words before the current one are to the command. */
function readWords(command: ManifestCommand, words: readonly string[]) {
  const flags = Object.values(command.flags)
  const positional: string[] = []
  const used = new Set<string>()
  /** The option whose value comes next. */
  let waiting: ManifestFlag | undefined
  let isOver = false
  for (const word of words) {
    if (waiting) {
      waiting = undefined
    } else if (isOver || !word.startsWith('-') || word === '-') {
      positional.push(word)
    } else if (word === '--') {
      isOver = true
    } else {
      const flag = flags.find(
        ({name, char}) =>
          word.replace(/=.*/s, '').replace(/^--no-/, '--') === `--${name}` || word === `-${char ?? '-'}`,
      )
      if (flag) used.add(flag.name)
      if (flag?.type === 'option' && !word.includes('=')) waiting = flag
    }
  }
  return {positional, used, waiting, isOver}
}

function listFlags(command: ManifestCommand, used: ReadonlySet<string>): Candidate[] {
  const describe = ({summary, description}: ManifestFlag) => {
    const text = summary ?? description
    return text === undefined ? {} : {description: text}
  }
  return Object.values(command.flags)
    .filter(({name, multiple, hidden}) => hidden !== true && (multiple === true || !used.has(name)))
    .flatMap((flag) => [
      {value: `--${flag.name}`, ...describe(flag)},
      ...(flag.allowNo === true ? [{value: `--no-${flag.name}`, ...describe(flag)}] : []),
    ])
}

async function listValues(
  kind: ValueKind,
  context: {command: ManifestCommand; positional: readonly string[]; prefix: string; sources: CompletionSources},
): Promise<Completion> {
  const {command, positional, prefix, sources} = context
  if (kind.of === 'files') return {candidates: [], files: true}
  const method = command.id.split(':').at(-1) ?? ''
  const listed = await listKind(kind, sources, {method, path: positional[0] ?? ''})
  return plain(listed.map((candidate) => ({...candidate, value: prefix + candidate.value})))
}

async function listKind(
  kind: ValueKind,
  sources: CompletionSources,
  helix: {method: string; path: string},
): Promise<Candidate[]> {
  switch (kind.of) {
    case 'options':
      return kind.options.map((value) => ({value}))
    case 'helix-path':
      return sources.helixPaths(helix.method)
    case 'helix-query':
      return sources.helixQueryNames(helix.method, helix.path)
    case 'files':
    case 'nothing':
      return []
    default:
      return sources[kind.of]()
  }
}
