import {timingSafeEqual} from 'node:crypto'

import {BehalfError} from '../../model/behalf-error.js'
import type {AdminSession} from './admin-env.js'
import {CSRF_FIELD} from './parts/form.js'
import type {FormValues} from './read-form.js'

/**
 * A form of ours carries a token that is made of the session: nobody else's page knows it.
 * @throws BehalfError `refused`.
 */
export function checkForm({csrfToken}: Pick<AdminSession, 'csrfToken'>, values: FormValues): void {
  const [sent = '', ...others] = values[CSRF_FIELD] ?? []
  if (others.length === 0 && isSame(sent, csrfToken)) return
  throw new BehalfError(
    'refused',
    'This form belongs to a session that is over, or to another page. Nothing was done.',
    {
      hint: 'Go back, load the page again and send it once more.',
    },
  )
}

function isSame(sent: string, expected: string): boolean {
  const [a, b] = [Buffer.from(sent), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
