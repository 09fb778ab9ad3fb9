import {applyIdentityUrl, findPreset, knownScopesOf, listPresets} from './presets.js'
import {fillPreset, requiredOptionsOf} from './presets/fill-preset.js'
import {settingsOf, type PresetSettings} from './presets/preset.js'

/** What the broker may ask about presets. */
export const presetSource = {
  findPreset(name: string): PresetSettings | undefined {
    const preset = findPreset(name)
    return preset && requiredOptionsOf(preset).length === 0 ? settingsOf(fillPreset(preset)) : undefined
  },
  fillPreset(name: string, options: Readonly<Record<string, string>>): PresetSettings | undefined {
    const preset = findPreset(name)
    return preset && settingsOf(fillPreset(preset, options))
  },
  describePreset: findPreset,
  listPresetNames: (): string[] => listPresets().map(({name}) => name),
  applyIdentityUrl,
  knownScopes: knownScopesOf,
}
