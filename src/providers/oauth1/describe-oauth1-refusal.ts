import {z} from 'zod'

import {BehalfError} from '../../model/behalf-error.js'
import type {Provider} from '../../model/provider.js'
import type {RawReply} from '../../model/refresh.js'
import type {Secret} from '../../model/secret.js'
import {MINUTE_MS} from '../../model/time.js'
import {quoteProviderText} from '../quote-provider-text.js'

/** Twitter's errors, as API and token endpoints send them. */
const errorList = z.object({errors: z.array(z.object({message: z.string()})).min(1)})

/** A longer text is a page for browsers. */
const LONGEST_TEXT = 500
/** Services take timestamps that are a few minutes off (RFC 5849 3.3). */
const CLOCK_SLACK_MS = 5 * MINUTE_MS

/** In the service's own words, without what was sent. */
export function quoteRefusal(provider: Provider, {body}: RawReply, sent: readonly (Secret | undefined)[]): string {
  const words = readWords(body.trim())
  return words === '' ? '' : ` (${quoteProviderText(words, [provider.clientSecret, ...sent])})`
}

function readWords(body: string): string {
  try {
    return errorList.parse(JSON.parse(body)).errors[0]?.message ?? ''
  } catch {
    // The extension for problem reporting: `oauth_problem=timestamp_refused`.
    const problem = new URLSearchParams(body).get('oauth_problem')
    return problem ?? (body.length <= LONGEST_TEXT && !body.includes('<') ? body : '')
  }
}

/** A client that the service does not let begin. */
export function describeRefusedClient(provider: Provider, reply: RawReply, callbackUrl: string): BehalfError {
  const own = quoteRefusal(provider, reply, [])
  const {name} = provider
  const ahead = reply.sentAt - Date.parse(reply.headers.date ?? '')
  if (Math.abs(ahead) > CLOCK_SLACK_MS) {
    const minutes = String(Math.round(Math.abs(ahead) / MINUTE_MS))
    return new BehalfError('provider-misconfigured', `${name} refuses the signature${own}.`, {
      hint: `The clock of this machine is ${minutes} minutes ${ahead > 0 ? 'ahead of' : 'behind'} the service’s. Set it.`,
    })
  }
  const registered = callbackUrl === 'oob' ? '' : `, and that ${callbackUrl.split('?')[0] ?? ''} is registered there`
  return new BehalfError('provider-misconfigured', `${name} refuses the client ${provider.clientId}${own}.`, {
    hint: `Check its id and secret with \`behalf provider show ${name}\`${registered}.`,
  })
}
