import {BehalfError} from '../../model/behalf-error.js'
import type {Preset, PresetOption} from './preset.js'

const SHAPES: Record<PresetOption['is'], RegExp> = {
  label: /^[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?$/i,
  address: /^[a-z0-9](?:[a-z0-9.-]{0,198}[a-z0-9])?(?::\d{1,5})?(?:\/[\w.~-]+)*$/i,
}

/** The options that have to be given. */
export const requiredOptionsOf = ({options = {}}: Pick<Preset, 'options'>): string[] =>
  Object.keys(options).filter((name) => options[name]?.default === undefined)

/**
 * The preset with its options in its URLs: those that are given, else their defaults.
 * @throws BehalfError `usage` for one that is missing or unknown, `invalid-input` for one that would lead elsewhere.
 */
export function fillPreset(preset: Preset, given: Readonly<Record<string, string>> = {}): Preset {
  const {options = {}} = preset
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(options, name)) continue
    const known = Object.keys(options)
    throw new BehalfError('usage', `The preset ${preset.name} has no option “${name.slice(0, 40)}”.`, {
      hint: known.length === 0 ? 'Leave --preset-option out.' : `It has ${known.join(', ')}.`,
    })
  }
  const values = Object.entries(options).map(
    ([name, option]) => [name, chooseValue(preset, name, option, given)] as const,
  )
  if (values.length === 0) return preset
  const fill = (text: string): string =>
    values.reduce((url, [name, value]) => url.replace(`{${name}}`, () => value), text)
  const filled = Object.entries(preset).map(([key, value]) => [key, isUrl(key, value) ? fill(value) : value] as const)
  return Object.fromEntries(filled) as unknown as Preset
}

const isUrl = (key: string, value: unknown): value is string =>
  (key.endsWith('Url') || key === 'issuer') && typeof value === 'string'

function chooseValue(
  {name: preset, title}: Preset,
  name: string,
  {is, about, default: usual}: PresetOption,
  given: Readonly<Record<string, string>>,
): string {
  const value = Object.hasOwn(given, name) ? given[name] : usual
  const hint = `Add --preset-option ${name}=…, ${about}.`
  if (value === undefined) {
    throw new BehalfError('usage', `The addresses of ${title} are not the same for everyone: ${name} is missing.`, {
      hint,
    })
  }
  if (SHAPES[is].test(value) && !value.includes('..')) return value
  throw new BehalfError('invalid-input', `“${value.slice(0, 60)}” cannot be the ${name} of ${preset}.`, {hint})
}
