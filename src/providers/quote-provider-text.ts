import type {Secret} from '../model/secret.js'

const LONGEST_QUOTE = 200

/**
 * A provider's own words, fit for a message: on one line, nothing that steers a terminal, not too long,
 * and without the secrets that were just sent, which some servers repeat.
 */
export function quoteProviderText(text: string, sent: readonly (Secret | undefined)[] = []): string {
  let quoted = text
  for (const secret of sent) {
    const value = secret?.reveal() ?? ''
    if (value !== '') quoted = quoted.replaceAll(value, '[secret]').replaceAll(encodeURIComponent(value), '[secret]')
  }
  quoted = quoted
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
  return quoted.length > LONGEST_QUOTE ? `${quoted.slice(0, LONGEST_QUOTE)}…` : quoted
}
