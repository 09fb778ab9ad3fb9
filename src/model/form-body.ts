import {BehalfError} from './behalf-error.js'

/** Whether a body of this type is a form, whose pairs OAuth 1.0a signs (RFC 5849 3.4.1.3.1). */
export const isFormType = (contentType: string | undefined): boolean =>
  /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '')

/** @throws BehalfError `invalid-input` for what is not UTF-8. */
export function decodeForm(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(body)
  } catch (error) {
    throw new BehalfError('invalid-input', 'The form is not UTF-8 text.', {cause: error})
  }
}
