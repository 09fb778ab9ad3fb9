import {damagedRecord} from '../record-parts.js'

/** What a stored text says. @throws BehalfError `store-damaged` naming the record. */
export function parseStored(text: string, kind: Parameters<typeof damagedRecord>[0], name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw damagedRecord(kind, name, 'record')
  }
}
