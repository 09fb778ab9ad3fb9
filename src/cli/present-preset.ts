import type {PresetView} from '../compose.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export function presetJson({name, title, registerUrl, logins, note, scopes}: PresetView): Record<string, unknown> {
  return {
    name,
    title,
    ...(registerUrl !== undefined && {register_url: registerUrl}),
    logins,
    scopes,
    ...(note !== undefined && {note}),
  }
}

export function presetTable(presets: PresetView[], stream: OutputStream): Promise<string> {
  // Nothing is made narrower: an address that is cut in two can be neither clicked nor copied.
  const columns = ['NAME', 'TITLE', 'LOGIN', 'REGISTER AN APPLICATION AT'].map((title) => ({title}))
  const rows = presets.map(({name, title, logins, registerUrl}) => [name, title, logins.join(', '), registerUrl ?? '–'])
  return renderTable(columns, rows, stream)
}
