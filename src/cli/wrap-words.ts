/** East Asian wide and fullwidth characters and pictographs (Unicode Standard Annex 11) take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu

/** How many columns of a terminal a line of text takes. */
export function widthOfText(text: string): number {
  // Most are ASCII, and there may be thousands.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  const visible = text.replaceAll(/\p{Mark}/gu, '')
  return Array.from(visible).length + (visible.match(WIDE)?.length ?? 0)
}

/** Breaks between words; a word that is too long, such as an address, stands alone and whole. */
export function wrapWords(text: string, width: number): string[] {
  return wrapPieces(text.split(' '), width)
}

/** The same where some pieces have spaces in them that must stay. */
export function wrapPieces(pieces: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    const line = lines.at(-1)
    const fits = line !== undefined && widthOfText(line) + 1 + widthOfText(piece) <= width
    if (fits) lines[lines.length - 1] = `${line} ${piece}`
    else lines.push(piece)
  }
  return lines
}
