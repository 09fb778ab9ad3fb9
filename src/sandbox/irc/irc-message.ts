/** A line of chat: RFC 1459 with the tags of IRCv3 (facts 6.5). */
export interface IrcMessage {
  /** Unescaped; a tag without a value has an empty one. */
  readonly tags: ReadonlyMap<string, string>
  /** Who says it, without the colon. Undefined for what a client says. */
  readonly prefix: string | undefined
  /** In capitals. */
  readonly command: string
  /** The last may be empty and have blanks in it. */
  readonly params: readonly string[]
}

const ESCAPES: Readonly<Record<string, string>> = {';': '\\:', ' ': '\\s', '\\': '\\\\', '\r': '\\r', '\n': '\\n'}
const UNESCAPES: Readonly<Record<string, string>> = {':': ';', s: ' ', '\\': '\\', r: '\r', n: '\n'}

/** NUL has no escape, and no place in a line. */
const escapeTag = (value: string): string => value.replace(/[; \\\r\n\0]/g, (character) => ESCAPES[character] ?? '')

/** A backslash before any other character is dropped, as is one at the end. */
const unescapeTag = (value: string): string =>
  value.replace(/\\([^]?)/gu, (_, character: string) => UNESCAPES[character] ?? character)

/**
 * Reads a line without its end.
 * @returns undefined for what has no command
 */
export function parseIrcMessage(line: string): IrcMessage | undefined {
  const match = /^(?:@([^ ]*) +)?(?::([^ ]*) +)?([A-Za-z]+|\d{3})(?: +|$)(.*)$/su.exec(line)
  if (match === null) return undefined
  const [, tags = '', prefix, command = '', rest = ''] = match
  return {tags: parseTags(tags), prefix, command: command.toUpperCase(), params: parseParams(rest)}
}

function parseTags(text: string): Map<string, string> {
  const tags = new Map<string, string>()
  for (const pair of text.split(';')) {
    const [key = '', ...value] = pair.split('=')
    if (key !== '') tags.set(key, unescapeTag(value.join('=')))
  }
  return tags
}

function parseParams(text: string): string[] {
  const params: string[] = []
  let rest = text
  while (rest !== '') {
    if (rest.startsWith(':')) return [...params, rest.slice(1)]
    const [, param = '', after = ''] = /^([^ ]*) *(.*)$/su.exec(rest) ?? []
    params.push(param)
    rest = after
  }
  return params
}

/** A line without its end, with the colons where Twitch has them. Breaks inside a text become blanks: it is never two lines. */
export function formatIrcMessage({tags, prefix, command, params}: IrcMessage): string {
  const parts: string[] = []
  if (tags.size > 0) parts.push(`@${[...tags].map(([key, value]) => `${key}=${escapeTag(value)}`).join(';')}`)
  if (prefix !== undefined) parts.push(`:${prefix}`)
  parts.push(command)
  params.forEach((param, index) => {
    const text = param.replace(/[\r\n\0]/g, ' ')
    const isRoom = params.length === 1 && /^#[^ ]*$/.test(text)
    parts.push(index === params.length - 1 && !isRoom ? `:${text}` : text)
  })
  return parts.join(' ')
}
