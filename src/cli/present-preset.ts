import type {PresetView} from '../compose.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export function presetJson(preset: PresetView): Record<string, unknown> {
  const {name, title, registerUrl, logins, credentialKinds, scopes, options, refresh, note} = preset
  const {verified, checkedOn, sources, unverified} = preset
  return {
    name,
    title,
    ...(registerUrl !== undefined && {register_url: registerUrl}),
    logins,
    credentials: credentialKinds,
    scopes,
    options: options.map(({name: option, about, default: usual}) => ({
      name: option,
      about,
      ...(usual !== undefined && {default: usual}),
    })),
    ...(refresh && {
      refresh: {
        refresh_token: refresh.token,
        ...(refresh.accessTokenHours !== undefined && {access_token_hours: refresh.accessTokenHours}),
      },
    }),
    verified,
    ...(checkedOn !== undefined && {checked_on: checkedOn}),
    sources,
    unverified,
    ...(note !== undefined && {note}),
  }
}

/** Fits 80 columns with each address in one piece, so that it can be clicked and copied: titles are left to `--json`. */
export function presetTable(presets: PresetView[], stream: OutputStream): string {
  const columns = [
    {title: 'NAME'},
    {title: 'VERIFIED'},
    {title: 'DEVICE', dropRank: 1},
    {title: 'REGISTER AN APPLICATION AT'},
  ]
  const rows = presets.map(({name, verified, logins, registerUrl}) => [
    name,
    verified ? 'yes' : 'no',
    logins.includes('device') ? 'yes' : 'no',
    registerUrl ?? '–',
  ])
  return renderTable(columns, rows, stream)
}
