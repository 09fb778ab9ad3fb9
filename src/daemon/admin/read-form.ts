import {isUtf8} from 'node:buffer'

import {BehalfError} from '../../model/behalf-error.js'

/** Every value of each field. */
export type FormValues = Readonly<Partial<Record<string, readonly string[]>>>

/** The largest form is that of a token for a thousand accounts. */
const MAX_FIELDS = 3000

/**
 * The fields of a form that was posted.
 * @throws BehalfError `invalid-input` for anything but a plain form in UTF-8.
 */
export async function readForm(request: Request): Promise<FormValues> {
  const type = request.headers.get('content-type') ?? ''
  const coding = request.headers.get('content-encoding') ?? 'identity'
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(type) || coding.toLowerCase() !== 'identity') {
    throw new BehalfError('invalid-input', 'What was sent is no form.')
  }
  const bytes = Buffer.from(await request.arrayBuffer())
  const text = bytes.toString('latin1')
  if (!isUtf8(bytes) || !isUtf8(decodeBytes(text))) throw new BehalfError('invalid-input', 'The form is not UTF-8.')
  const values = new Map<string, string[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) {
    count += 1
    if (count > MAX_FIELDS) throw new BehalfError('invalid-input', 'The form has too many fields.')
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return Object.fromEntries(values)
}

/** What the percent signs stand for: what is not UTF-8 there would silently become U+FFFD. */
const decodeBytes = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll(/%([\da-f]{2})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )
