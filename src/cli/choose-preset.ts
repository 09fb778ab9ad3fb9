import type {PresetView} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import type {Talk} from './talk.js'

/** Has a person choose the service to set up. @throws BehalfError `usage` where nobody can be asked. */
async function choosePreset({surroundings, signal}: Talk): Promise<string> {
  if (!surroundings.interactive) {
    throw new BehalfError('usage', 'No service is named, and there is no terminal to ask for one.', {
      hint: 'Name one: behalf provider add NAME. Those that behalf knows are listed by: behalf provider presets',
    })
  }
  const {presets} = await surroundings.loadVocabulary()
  return surroundings.prompts.search('Which service? (type a part of its name)', presets.map(toChoice), {signal})
}

const toChoice = ({name, title}: PresetView): {value: string; title: string} => ({
  value: name,
  title: title.toLowerCase() === name ? title : `${title} (${name})`,
})

interface OptionFlags {
  preset?: string | undefined
  'preset-option'?: string[] | undefined
  issuer?: string | undefined
  'token-url'?: string | undefined
}

/**
 * The name of the service to set up, and the flags with what was asked for.
 * @throws BehalfError `usage` where nobody can be asked.
 */
export async function settleService<Flags extends OptionFlags>(
  talk: Talk,
  given: string | undefined,
  flags: Flags,
): Promise<{name: string; flags: Flags}> {
  const name = given ?? flags.preset ?? (await choosePreset(talk))
  const options = await askPresetOptions(talk, name, flags)
  return {name, flags: {...flags, 'preset-option': options.length > 0 ? options : undefined}}
}

/** Asks for what the addresses of a preset need to be told and nothing says yet, as `--preset-option` takes it. */
async function askPresetOptions(
  {surroundings, signal}: Talk,
  name: string,
  {preset = name, 'preset-option': given = [], issuer, 'token-url': tokenUrl}: OptionFlags,
): Promise<string[]> {
  if (!surroundings.interactive || issuer !== undefined || tokenUrl !== undefined) return given
  const {presets} = await surroundings.loadVocabulary()
  const options = presets.find((one) => one.name === preset)?.options ?? []
  const answers = [...given]
  for (const {name: option, about, default: usual} of options) {
    if (usual !== undefined || given.some((text) => text.startsWith(`${option}=`))) continue
    const check = (answer: string) => (answer.trim() === '' ? `It is ${about}.` : undefined)
    const answer = await surroundings.prompts.askText(`${option} (${about}):`, {signal, check})
    answers.push(`${option}=${answer.trim()}`)
  }
  return answers
}
