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
  const columns = [
    {title: 'NAME', minWidth: 4},
    {title: 'TITLE', minWidth: 5},
    {title: 'LOGIN', minWidth: 10},
    {title: 'REGISTER AN APPLICATION AT', minWidth: 20},
  ]
  const rows = presets.map(({name, title, logins, registerUrl}) => [name, title, logins.join(', '), registerUrl ?? '–'])
  return renderTable(columns, rows, stream)
}
