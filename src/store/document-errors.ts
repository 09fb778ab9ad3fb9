import {access} from 'node:fs/promises'

import {BehalfError} from '../model/behalf-error.js'
import {quoteWord} from '../model/shell-words.js'

export const backupPathOf = (path: string): string => `${path}.bak`

/** The store is ours but cannot be trusted; says how to go back to the previous write where there is one. */
export async function damagedStore(path: string, fault: string): Promise<BehalfError> {
  return new BehalfError('store-damaged', `The store ${path} is damaged: ${fault}. It has been left as it is.`, {
    hint: await suggestRestore(path),
  })
}

export function goneStore(path: string): BehalfError {
  return new BehalfError(
    'store-damaged',
    `The store ${path} is gone. It was there a moment ago, and none is made anew.`,
    {
      hint: 'Put the file back. To begin with an empty store, stop what runs first.',
    },
  )
}

export function foreignStore(path: string): BehalfError {
  return new BehalfError('store-foreign', `${path} is not a store of behalf. It has been left as it is.`, {
    hint: 'Name another file with --store or BEHALF_STORE.',
  })
}

/** @param to Without credentials. */
export function movedStore(path: string, to: string): BehalfError {
  return new BehalfError('store-moved', `The store ${path} was moved to ${to}, and is in use no more`, {
    hint: `Set BEHALF_STORE (or --store) to ${to}`,
  })
}

/** What is imported into a store comes from no other store. */
export const IMPORT_ID = 'import'

/** @param move What fills it. */
export function incomingStore(path: string, {id, other}: {id: string; other: string}): BehalfError {
  const [what, command] =
    id === IMPORT_ID
      ? ['an export is being imported into it', 'behalf store import --replace …']
      : [`${other} is being moved to it`, `behalf store migrate ${quoteWord(other)} ${quoteWord(path)}`]
  return new BehalfError('store-moved', `The store ${path} is not in use yet: ${what}`, {
    hint: `If that was interrupted: ${command}`,
  })
}

export function newerStore(path: string, version: number): BehalfError {
  return new BehalfError(
    'store-newer',
    `The store ${path} was written by a newer behalf (its version is ${String(version)}, this one knows 1)`,
    {hint: 'npm install --global behalf@latest'},
  )
}

async function suggestRestore(path: string): Promise<string> {
  const backup = backupPathOf(path)
  try {
    await access(backup)
  } catch {
    return `There is no ${backup}. Restore the file from a backup of yours, or move it away and log in again: mv -- ${quoteWord(path)} ${quoteWord(`${path}.damaged`)}`
  }
  return `cp -- ${quoteWord(backup)} ${quoteWord(path)}`
}
