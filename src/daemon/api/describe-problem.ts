import type {z} from 'zod'

import {BehalfError} from '../../model/behalf-error.js'

const PLACES: Record<string, string> = {json: 'body', form: 'body', query: 'query', param: 'path'}

/** Says where the fault is and never what was sent. @param target where it was, as hono calls it, or in a word of ours. */
export function describeProblem(target: string, {issues}: z.ZodError): BehalfError {
  const [issue] = issues
  const where = issue === undefined || issue.path.length === 0 ? '' : `, ${issue.path.map(String).join('.')}`
  return new BehalfError(
    'invalid-input',
    `In the ${PLACES[target] ?? target}${where}: ${issue?.message ?? 'not valid'}.`,
  )
}
