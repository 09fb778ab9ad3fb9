import {isUtf8} from 'node:buffer'

/** What the gateway looks at of a line; the line itself is passed on as it came. */
export interface IrcLine {
  /** Between `@` and the first space. */
  tags: string
  /** In capitals, or three digits. */
  command: string
  /** The last one without its colon. */
  params: string[]
}

/**
 * `[@tags ] [:prefix ] COMMAND [params]` (RFC 1459 2.3.1, IRCv3 message tags). Strict, so that no server finds another
 * command in a line than we do.
 */
const LINE = /^(?:@([^ ]+) +)?(?::[^ ]+ +)?([A-Za-z]+|\d{3})(?: +(.*))?$/su

/** @returns undefined for what is no line of IRC. */
export function parseLine(line: Buffer): IrcLine | undefined {
  const [, tags = '', command, rest = ''] = LINE.exec(line.toString('utf8')) ?? []
  if (command === undefined) return undefined
  return {tags, command: command.toUpperCase(), params: splitParams(rest)}
}

function splitParams(text: string): string[] {
  const at = text.startsWith(':') ? 0 : text.indexOf(' :')
  if (at < 0) return text.split(' ').filter((word) => word !== '')
  const middle = text.slice(0, at).split(' ')
  const last = text.slice(at).replace(/^ ?:/, '')
  return [...middle.filter((word) => word !== ''), last]
}

/** Whether these bytes may stand in a line at all: text in UTF-8, and nothing that some server takes for its end. */
export const isCleanLine = (line: Buffer): boolean => !line.includes(0) && !line.includes(0x0d) && isUtf8(line)

/** The value of a tag, as it is escaped; undefined where it is missing. */
export function findTag(tags: string, name: string): string | undefined {
  const found = tags.split(';').find((tag) => tag === name || tag.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
