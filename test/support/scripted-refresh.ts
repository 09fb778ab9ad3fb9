import type {RawReply} from '../../src/model/refresh.js'
import {createProviderClient} from '../../src/providers/oauth-client.js'
import type {Exchange, ProviderClient, Validation} from '../../src/providers/provider-client.js'
import type {FakeClock} from './fake-clock.js'

/** What a request for a refresh meets; called at the moment at which it would be written. */
export type ScriptedAnswer = Exchange | (() => Exchange | Promise<Exchange>)

/** A provider that answers refreshes as it is told, in this order, and is judged as a real one is. */
export interface ScriptedRefresh {
  readonly client: Partial<ProviderClient>
  /** The refresh tokens that were written, in clear. */
  readonly sent: string[]
  /** The access tokens that were asked about. */
  readonly asked: string[]
  /** What is answered from here on. */
  next(...answers: ScriptedAnswer[]): void
}

export function scriptRefresh(
  clock: FakeClock,
  options: {validation?: Validation; answers?: ScriptedAnswer[]} = {},
): ScriptedRefresh {
  const answers = [...(options.answers ?? [])]
  const sent: string[] = []
  const asked: string[] = []
  const judge = createProviderClient({clock})
  return {
    sent,
    asked,
    next: (...more) => void answers.splice(0, Infinity, ...more),
    client: {
      judgeRefresh: (provider, reply) => judge.judgeRefresh(provider, reply),
      async sendRefresh(_provider, refreshToken, beforeWrite) {
        const answer = answers.shift()
        if (answer === undefined) throw new Error('one refresh too many')
        if (typeof answer !== 'function' && answer.kind === 'not-sent') return answer
        if (!(await beforeWrite())) return {kind: 'not-sent', reason: 'held back'}
        sent.push(refreshToken.reveal())
        return typeof answer === 'function' ? answer() : answer
      },
      validate(_provider, accessToken) {
        if (options.validation === undefined) throw new Error('nobody was to be asked')
        asked.push(accessToken.reveal())
        return Promise.resolve(options.validation)
      },
    },
  }
}

/** A whole reply. An object is sent as JSON. */
export function replyWith(
  clock: FakeClock,
  status: number,
  body: object | string,
  parts: Partial<RawReply> = {},
): Extract<Exchange, {kind: 'reply'}> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {kind: 'reply', reply: {status, headers: {}, body: text, complete: true, sentAt: clock.now(), ...parts}}
}

/** A 200 with tokens that bear this number, four hours to live. */
export const grantTokens = (clock: FakeClock, number: number, more: object = {}): Exchange =>
  replyWith(clock, 200, {
    access_token: `made-up-access-${String(number)}`,
    refresh_token: `made-up-refresh-${String(number)}`,
    token_type: 'bearer',
    expires_in: 14_400,
    ...more,
  })
