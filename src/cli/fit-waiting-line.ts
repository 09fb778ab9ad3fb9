import {widthOfText} from './wrap-words.js'

/** A line of a spinner that a terminal has room for: a line that wrapped would be left behind at every turn. */
export function fitWaitingLine(text: string, left: string | undefined, width: number): string {
  const wordings = left === undefined ? [text] : [`${text} (${left} left)`, `${text} (${left})`, text]
  const fitting = wordings.find((wording) => widthOfText(wording) <= width)
  return fitting ?? `${text.slice(0, Math.max(0, width - 1))}…`
}
