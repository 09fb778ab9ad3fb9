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

/** Fits 80 columns with each address in one piece, so that it can be clicked and copied: titles are left to `--json`. */
export function presetTable(presets: PresetView[], stream: OutputStream): string {
  const columns = ['NAME', 'DEVICE', 'REGISTER AN APPLICATION AT'].map((title) => ({title}))
  const rows = presets.map(({name, logins, registerUrl}) => [
    name,
    logins.includes('device') ? 'yes' : 'no',
    registerUrl ?? '–',
  ])
  return renderTable(columns, rows, stream)
}
