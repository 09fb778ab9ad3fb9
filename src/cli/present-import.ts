import type {AccountStatus, ImportResult} from '../compose.js'
import {nameOf} from '../model/account-name.js'
import {forgetImportCommand} from '../model/unfinished-import.js'
import {loginJson} from './present-login.js'

export const importJson = (result: ImportResult): Record<string, unknown> => ({
  ...loginJson(result),
  already_imported: result.alreadyImported,
  copy_ended: result.copyEnded,
})

/** What went well, in a sentence. */
export function importSuccess({account, alreadyImported}: ImportResult): string {
  const who = `${account.role === 'owner' ? 'the owner' : 'the bot'} ${nameOf(account)}`
  return alreadyImported ? `This token was imported before, as ${who}. Nothing was changed.` : `Imported ${who}.`
}

/** What has become of the copy that was imported. `where`: the program or place that has it. */
export const copyNote = ({copyEnded}: ImportResult, where: string): string =>
  copyEnded
    ? `${where} no longer works: the provider has given a new token for it, which behalf keeps.`
    : `${where} goes on working; what is revoked here ends there too, if the provider does it so.`

/** What is to be done about an import that ended early. */
export const unfinishedLine = (account: AccountStatus): string =>
  `${nameOf(account)} is an import that was not finished: run it again, or forget it: ${forgetImportCommand(account)}`
