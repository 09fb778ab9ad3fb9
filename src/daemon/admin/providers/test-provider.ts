import {diagnoseProvider} from '../../../broker/diagnose-providers.js'
import {loadProvider, noteAnswered} from '../../../broker/load-provider.js'
import {readableText} from '../../../model/readable-text.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Note} from '../note-cookie.js'

const TONES = {ok: 'good', warning: 'warn', problem: 'bad'} as const

/** Asks a provider whether it takes its client, as `behalf doctor` does. @param done What was done before. */
export async function testProvider(deps: AdminDeps, name: string, done = ''): Promise<Note> {
  const provider = await loadProvider(deps, name)
  const {check} = await diagnoseProvider(deps, provider, {offline: false})
  if (check.status !== 'problem') await noteAnswered(deps, provider)
  const isAway = check.code === 'unavailable'
  const advice = check.status === 'problem' && !isAway ? ' Correct its settings.' : ''
  return {
    tone: isAway ? 'warn' : TONES[check.status],
    text: `${done} ${readableText(check.message, 500)}${advice}`.trim(),
  }
}
