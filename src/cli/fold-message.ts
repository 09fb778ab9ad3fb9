import {widthOf} from './output.js'
import type {OutputStream} from './surroundings.js'
import {wrapPieces} from './wrap-words.js'

/** What is to be copied to the end of the line: a command behind a colon, or one that stands alone. */
const COMMAND = /(?:(?<=: )|^ *)behalf [a-z].*$/

/**
 * A message for people, broken between words at the width of the terminal; as it is where there is none.
 * Addresses and commands stay whole: they are meant to be copied.
 * @param indent how far in the message begins; what follows is put under it, and under what a line itself is indented by.
 */
export function foldMessage(text: string, stream: OutputStream, indent = 0): string {
  if (stream.isTTY !== true) return text
  const width = widthOf(stream) - indent
  return text
    .split('\n')
    .flatMap((line) => foldLine(line, width))
    .join(`\n${' '.repeat(indent)}`)
}

function foldLine(line: string, width: number): string[] {
  const [margin = ''] = /^ */.exec(line) ?? []
  const [command = ''] = COMMAND.exec(line) ?? []
  const words = line.slice(margin.length, line.length - command.length).trimEnd()
  const pieces = [...(words === '' ? [] : words.split(' ')), ...(command === '' ? [] : [command.trimStart()])]
  return pieces.length === 0 ? [line] : wrapPieces(pieces, width - margin.length).map((part) => margin + part)
}
