/** `1,234,567`, and with a minus that is one. */
export const sayPoints = (points: number): string => FIGURES.format(points).replace('-', '−')

/** `+5`, `−5`. */
export const sayChange = (change: number): string => `${change > 0 ? '+' : ''}${sayPoints(change)}`

const FIGURES = new Intl.NumberFormat('en-US')
