import {BehalfError} from '../model/behalf-error.js'
import type {HelixRequest, HelixResponse} from '../model/helix-call.js'
import type {BrokerDeps, HelixPort} from './broker-deps.js'
import {CursorTrail} from './cursor-trail.js'
import {explainHelixAnswer} from './explain-helix-answer.js'
import {toHelixAnswer, type HelixAnswer} from './helix-answer.js'
import {readHelixPage, type HelixPage} from './helix-page.js'
import {planHelixCall, type FilledParameter, type HelixInput} from './plan-helix-call.js'
import {sendHelixPlan} from './send-helix-plan.js'
import type {Pace} from './send-paced.js'

type Deps = BrokerDeps & {helix: HelixPort}

export interface WalkOptions extends Pace {
  /** How many items at most. Default: all. */
  limit?: number
  /** Whether pages after the first are asked for. */
  follow: boolean
}

export type HelixStep =
  /** `mayGoOn`: it names a next page, and none was wanted. */
  | {kind: 'page'; page: HelixPage; mayGoOn: boolean; filled?: FilledParameter; warning?: string}
  /** An answer that is no list, or a refusal; nothing comes after it. */
  | {kind: 'other'; answer: HelixAnswer}

/** Filters that match little can leave pages empty; so many in a row are the end all the same. */
const EMPTY_PAGES_IN_A_ROW = 10

/**
 * Reads a list page by page (facts of Twitch, 3.4): a page is asked for when the one before it has been taken. The walk
 * ends with a missing or empty cursor, with one that has been there before, and after ten empty pages. Items that the
 * page before had too are left out, for live lists move while they are read.
 * @throws BehalfError what planning, tokens and the network throw; `usage` for `before`, which leads backwards.
 */
export async function* walkHelixPages(deps: Deps, input: HelixInput, options: WalkOptions): AsyncGenerator<HelixStep> {
  const plan = await planHelixCall(deps, input)
  const {filled} = plan
  let request = options.follow ? prepareFirst(deps.helix, plan.request, options.limit) : plan.request
  const trail = new CursorTrail()
  let previous: ReadonlySet<string> = new Set()
  let left = options.limit ?? Infinity
  let emptyPages = 0
  for (let isFirst = true; ; isFirst = false) {
    options.signal?.throwIfAborted()
    const {answer, ...call} = await sendHelixPlan(deps, {...plan, request}, options)
    const read = answer.status < 300 ? readHelixPage(answer.body) : undefined
    const about = isFirst && filled ? {filled} : {}
    if (read === undefined) {
      if (!isFirst && answer.status < 300) throw notAPage(request, answer)
      const hint = await explainHelixAnswer(deps, {...plan, request}, answer)
      yield {kind: 'other', answer: toHelixAnswer({answer, ...call, ...about, ...(hint !== undefined && {hint})})}
      return
    }
    const {page, cursor, identities} = read
    const fresh = page.items.filter((_, index) => !previous.has(identities[index] ?? ''))
    const items = fresh.slice(0, left)
    left -= items.length
    const mayGoOn = !options.follow && cursor !== undefined
    yield {
      kind: 'page',
      page: {...page, items},
      mayGoOn,
      ...about,
      ...(call.warning !== undefined && {warning: call.warning}),
    }

    emptyPages = page.items.length === 0 ? emptyPages + 1 : 0
    const isLast = left <= 0 || cursor === undefined || !trail.isNew(cursor) || emptyPages >= EMPTY_PAGES_IN_A_ROW
    if (!options.follow || isLast) return
    previous = new Set(identities)
    request = {...request, query: setParameter(deps.helix, request.query, 'after', cursor)}
  }
}

/** Without `first` the largest page is asked for that the endpoint has and the limit leaves a use for. */
function prepareFirst(helix: HelixPort, request: HelixRequest, limit = Infinity): HelixRequest {
  const given = new URLSearchParams(request.query)
  if (given.has('before')) {
    throw new BehalfError('usage', 'Pages are read forwards, and “before” leads backwards.', {
      hint: 'Leave out before=…, or --paginate.',
    })
  }
  const endpoint = helix.findEndpoint(request.method, request.path)
  const largest = endpoint?.query.includes('first') ? endpoint.pageSize?.max : undefined
  if (typeof largest !== 'number' || given.has('first')) return request
  return {...request, query: setParameter(helix, request.query, 'first', String(Math.min(largest, limit)))}
}

/** The rest of the query stays as it was typed. */
function setParameter(helix: HelixPort, query: string, name: string, value: string): string {
  const others = query.split('&').filter((pair) => pair !== '' && !new URLSearchParams(pair).has(name))
  return [...others, helix.encodeQuery([[name, value]])].join('&')
}

function notAPage({path}: HelixRequest, {status, body}: HelixResponse): BehalfError {
  return new BehalfError('unavailable', `A page of ${path} was not a list.`, {
    hint: 'Try again.',
    status,
    body: body.slice(0, 1000),
  })
}
