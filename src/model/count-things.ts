/** `1 point`, `2 points`. */
export const countThings = (count: number, thing: string): string =>
  `${String(count)} ${thing}${count === 1 ? '' : 's'}`
