import {diagnoseProvider} from '../../../broker/diagnose-providers.js'
import {loadProvider} from '../../../broker/load-provider.js'
import {readableText} from '../../../model/readable-text.js'
import type {AdminDeps} from '../admin-deps.js'
import type {Note} from '../note-cookie.js'

const TONES = {ok: 'good', warning: 'warn', problem: 'bad'} as const

/** Asks a provider whether it takes its client, as `behalf doctor` does. @param done What was done before. */
export async function testProvider(deps: AdminDeps, name: string, done = ''): Promise<Note> {
  const {check} = await diagnoseProvider(deps, await loadProvider(deps, name), {offline: false})
  const advice = check.status === 'problem' && check.code !== 'unavailable' ? ' Correct its settings.' : ''
  return {tone: TONES[check.status], text: `${done} ${readableText(check.message, 500)}${advice}`.trim()}
}
