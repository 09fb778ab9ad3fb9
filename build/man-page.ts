import type {CommandManifest, ManifestArg, ManifestCommand, ManifestFlag} from '../src/cli/package-files.js'
import {EXIT_MEANINGS, SETTINGS} from './reference.js'

interface Program {
  name: string
  version: string
  description: string
}

type Example = string | {description?: string; command: string}

/** What of the manifest the page shows besides what completion reads. */
type DocumentedCommand = ManifestCommand & {
  description?: string
  examples?: Example[]
  args: Record<string, ManifestArg & {required?: boolean}>
  flags: Record<string, ManifestFlag & {helpGroup?: string; helpValue?: string; default?: unknown}>
}

/** The manual page behalf(1) in roff's `man` macros, from the manifest, like `--help` and the README. */
export function renderManPage({name, version, description}: Program, {commands, topics}: CommandManifest): string {
  const shown = (Object.values(commands) as DocumentedCommand[]).filter(({hidden}) => hidden !== true)
  const parts = [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${escape(lowerFirst(description.replace(/:.*|\.$/s, '')))}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I COMMAND',
    '[\\fIARGUMENT\\fR|\\fIFLAG\\fR]...',
    '.SH DESCRIPTION',
    paragraphs(description),
    '.SH COMMANDS',
    ...shown.flatMap((command) => renderCommand(name, command, topics)),
    '.SH FLAGS OF EVERY COMMAND',
    ...listFlags(shown[0], (flag) => flag.helpGroup === 'GLOBAL').flatMap(renderFlag),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => ['.TP', code, paragraphs(meaning)]),
    '.SH ENVIRONMENT',
    ...SETTINGS.flatMap((setting) => [
      '.TP',
      setting.names.map((variable) => `.B ${escape(variable)}`).join('\n.TQ\n'),
      paragraphs(setting.meaning + (setting.default === '' ? '.' : `. Default: ${setting.default}.`)),
    ]),
  ]
  return `${parts.join('\n')}\n`
}

function renderCommand(program: string, command: DocumentedCommand, topics: Record<string, string>): string[] {
  const words = command.id.replaceAll(':', ' ')
  const args = Object.values(command.args)
  const usage = args.map(({name, required}) => (required === true ? name.toUpperCase() : `[${name.toUpperCase()}]`))
  const [topic = ''] = command.id.split(':')
  const about = command.summary ?? topics[topic] ?? ''
  return [
    `.SS ${escape([program, words, ...usage].join(' '))}`,
    paragraphs(about),
    ...(command.description === undefined ? [] : ['.PP', paragraphs(fillIn(command.description, program, words))]),
    ...(command.aliases.length === 0
      ? []
      : ['.PP', escape(`Also: ${command.aliases.map((id) => `${program} ${id.replaceAll(':', ' ')}`).join(', ')}`)]),
    ...args.flatMap((arg) => ['.TP', `.I ${escape(arg.name.toUpperCase())}`, paragraphs(arg.description ?? '')]),
    ...listFlags(command, (flag) => flag.helpGroup !== 'GLOBAL').flatMap(renderFlag),
    ...(command.examples ?? []).flatMap((example) => renderExample(example, program, words)),
  ]
}

type Flag = DocumentedCommand['flags'][string]

const listFlags = (command: DocumentedCommand | undefined, wanted: (flag: Flag) => boolean): Flag[] =>
  Object.values(command?.flags ?? {}).filter((flag) => flag.hidden !== true && wanted(flag))

const renderFlag = (flag: Flag): string[] => [
  '.TP',
  describeFlag(flag),
  paragraphs(flag.summary ?? flag.description ?? ''),
]

function describeFlag(flag: Flag): string {
  const names = `${flag.char === undefined ? '' : `-${flag.char}, `}--${flag.allowNo === true ? '[no-]' : ''}${flag.name}`
  const value = flag.type === 'boolean' ? '' : ` ${flag.helpValue ?? flag.options?.join('|') ?? 'VALUE'}`
  const fallback =
    typeof flag.default === 'string' || typeof flag.default === 'number' ? ` (default: ${String(flag.default)})` : ''
  return `\\fB${escape(names)}\\fI${escape(value)}\\fR${escape(fallback)}`
}

function renderExample(example: Example, program: string, words: string): string[] {
  const {description, command} = typeof example === 'string' ? {command: example, description: undefined} : example
  return [
    '.PP',
    ...(description === undefined ? [] : [`${escape(description)}:`, '.PP']),
    '.in +4n',
    '.nf',
    ...fillIn(command, program, words).split('\n').map(escape),
    '.fi',
    '.in',
  ]
}

const fillIn = (text: string, program: string, words: string): string =>
  text.replaceAll('<%= config.bin %>', program).replaceAll('<%= command.id %>', words)

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** Empty lines part paragraphs. */
const paragraphs = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => escape(paragraph.replaceAll(/\s+/g, ' ').trim()))
    .join('\n.PP\n')

/** So that roff takes text as text: no line begins with a macro, hyphens can be copied. */
const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/`([^`]+)`/g, '\\fB$1\\fR')
    .replace(/^[.']/, '\\&$&')
