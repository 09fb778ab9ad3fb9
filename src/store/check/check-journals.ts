import {nameOf} from '../../model/account-name.js'
import type {StoreFinding} from '../../model/store-report.js'
import {findDoubt} from '../account-doubts.js'
import {JournalFolder, journalNameOf} from '../journal.js'
import type {StoreKeys} from '../store-keys.js'
import type {OpenedRecords} from './open-records.js'

/** What the journals say that were left behind. */
export async function checkJournals(
  path: string,
  {accounts, accountKeys}: OpenedRecords,
  keys: StoreKeys,
): Promise<StoreFinding[]> {
  const journals = new JournalFolder(path)
  const names = await journals.listNames()
  const findings: StoreFinding[] = []
  for (const account of accounts) {
    const entry = names.has(journalNameOf(account.key)) ? await journals.read(account.key) : undefined
    const found = entry && findDoubt(entry, account, keys)
    if (found === undefined) continue
    const answer = found.doubt.hasReply ? 'its answer was recorded and waits to be saved' : 'no answer to it came'
    findings.push({
      severity: 'warning',
      code: 'refresh-unfinished',
      message: `A refresh of ${nameOf(account)} was begun at ${new Date(found.doubt.since.wallMs).toISOString()}, and ${answer}.`,
      hint: `behalf refresh ${nameOf(account)}`,
    })
  }
  const known = new Set(Array.from(accountKeys, journalNameOf))
  const strays = [...names].filter((name) => /^[0-9a-f]{64}$/.test(name) && !known.has(name))
  if (strays.length > 0) {
    findings.push({
      severity: 'note',
      code: 'stray-journal',
      message: `Journals of accounts that are gone (${String(strays.length)}) lie in ${path}.journals. They are in nobody’s way.`,
    })
  }
  return findings
}
