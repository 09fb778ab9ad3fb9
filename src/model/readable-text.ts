/**
 * A text that somebody else has chosen, for a line of a page: without what is not seen or turns the text around, and cut
 * where it is endless.
 */
export function readableText(text: string, maxLength: number): string {
  const readable = text.replaceAll(UNSEEN, '').trim()
  return readable.length > maxLength ? `${readable.slice(0, maxLength - 1).replace(UNSEEN, '')}…` : readable
}

/** Control and format characters, and halves of a character. */
const UNSEEN = /\p{C}/gu

/** Names are chosen by their holders; where nothing readable is left of one, the login stands for it. */
export function readableName({displayName = '', login}: {displayName?: string; login: string}): string {
  return readableText(displayName, MAX_NAME_LENGTH) || login
}

const MAX_NAME_LENGTH = 80
