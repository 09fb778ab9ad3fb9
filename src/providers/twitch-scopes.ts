import {readFileSync} from 'node:fs'

let loaded: readonly string[] | undefined

/** What an application can ask Twitch for, the old names last. Read from disk on first use: few commands need it. */
export function listTwitchScopes(): readonly string[] {
  if (loaded === undefined) {
    const file = new URL('./twitch-scopes.json', import.meta.url)
    const {current, legacy} = JSON.parse(readFileSync(file, 'utf8')) as {current: string[]; legacy: string[]}
    loaded = [...current, ...legacy]
  }
  return loaded
}
