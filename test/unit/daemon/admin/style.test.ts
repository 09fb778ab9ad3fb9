import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'

const style = readFileSync(new URL('../../../../src/daemon/admin/style.css', import.meta.url), 'utf8')

/** What stands on what. */
const TEXTS = [
  ...['ground', 'card', 'raised'].flatMap((ground) => ['ink', 'soft', 'accent'].map((text) => [text, ground])),
  ...['good', 'warn', 'bad', 'info'].flatMap((tone) => [
    [tone, `${tone}-ground`],
    ['ink', `${tone}-ground`],
  ]),
  ['bad', 'card'],
  ['bad', 'ground'],
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
]

/** Of controls and bars, which need less (WCAG 2.2, 1.4.11). */
const SHAPES = [
  ['edge', 'card'],
  ['edge', 'ground'],
  ['accent', 'ground'],
  ['danger', 'card'],
  ['good', 'line'],
  ['bad', 'line'],
]

describe('the colours of the admin page', () => {
  const [light = '', dark = ''] = style.split('@media (prefers-color-scheme: dark)')
  for (const [scheme, rules] of Object.entries({light, dark: dark.slice(0, dark.indexOf('*,'))})) {
    it(`can be told apart where it is ${scheme}`, () => {
      const colours = new Map(
        [...rules.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6});/g)].map(([, name, hex]) => [name, hex]),
      )
      const weak = (pairs: string[][], least: number) =>
        pairs
          .map(([one = '', other = '']) => ({
            pair: `${one} on ${other}`,
            ratio: contrast(colours.get(one), colours.get(other)),
          }))
          .filter(({ratio}) => !(ratio >= least))
      assert.deepEqual(weak(TEXTS, 4.5), [])
      assert.deepEqual(weak(SHAPES, 3), [])
    })
  }
})

/** WCAG 2.2, contrast ratio. */
function contrast(one = '', other = ''): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.slice(1).replaceAll(/./g, '$&$&') : hex.slice(1)
  const [red = NaN, green = NaN, blue = NaN] = (digits.match(/../g) ?? []).map((pair) => {
    const share = parseInt(pair, 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
