const GONE = '[secret]'

/** More of one text is not written. */
const MOST_CHARACTERS = 2048

/** What marks the text behind it, or itself, as a secret. Each is linear in the length of the text. */
const MARKED: readonly (readonly [RegExp, string])[] = [
  // Headers: all of their line, for a cookie or a scheme has spaces in it.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s*[:=])[^\n]*/gi, `$1$2 ${GONE}`],
  // An API token keeps its id, by which it can be revoked.
  [/bhf_([A-Za-z0-9]{8})_\w+/g, `bhf_$1_${GONE}`],
  [/\b(bearer)(?:[\s:+]|%20)+[^\s"',;]+/gi, `$1 ${GONE}`],
  [/\b(oauth|basic|token)[\s:]+[\w.~+/=-]{16,}/gi, `$1 ${GONE}`],
  // Queries and fragments of URLs and paths; who is named before the host.
  [/([?#])[^\s"'<>?#]*=[^\s"'<>]*/g, '$1[left out]'],
  [/\/\/[^\s/@"']+@/g, `//${GONE}@`],
  [
    /\b([\w-]{0,24}(?:token|secret|password|passwd|api[_-]?key|verifier|assertion|otp|nonce))(["']?\s*[=:]\s*["']?)[^\s"'&,;})\]]+/gi,
    `$1$2${GONE}`,
  ],
  [/\b(code|state)(["']?\s*[=:]\s*["']?)(?![a-z]+(?:-[a-z]+)*(?![\w.~+/=-]))[\w.~+/=-]{16,}/gi, `$1$2${GONE}`],
]

/** Twitch's tokens have 30 characters, its refresh tokens 50; logins have 25 at most. */
const LONG_RUN = /[A-Za-z0-9_+~-]{28,}=*/g
/** Words with hyphens or underscores between them: names of variables, flags, scopes. */
const WORDS = /^[_-]*(?:[a-z]{1,27}(?:[_-]+[a-z]{1,27})*|[A-Z]{1,27}(?:[_-]+[A-Z]{1,27})*)[_-]*=*$/

/** Most paths and names, which need no closer look: nothing in them could mark a secret or be as long as one. */
const PLAIN = /^(?!.*bhf_)(?:[\w-]{0,27}[./])*[\w-]{0,27}$/

/** Characters that steer a terminal and that JSON leaves as they are. */
const STEERING = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/**
 * The text without what is, or looks like, a secret: API tokens (their id stays), what follows `Bearer` and the like,
 * queries of URLs, values behind names such as `token=`, and every long run of letters and digits.
 * Rather too much is taken out than too little.
 */
export const redactText = (text: string): string =>
  PLAIN.test(text) ? text : redactMarked(text).replace(LONG_RUN, (run) => (WORDS.test(run) ? run : GONE))

/** The same of a text in which a long run of letters and digits belongs: a subject may be one. */
export const redactMarked = (text: string): string =>
  MARKED.reduce((redacted, [pattern, instead]) => redacted.replace(pattern, instead), cutText(text)).replace(
    STEERING,
    '\ufffd',
  )

/** Cut before what may be the half of a secret, which would no longer look like one. */
export function cutText(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  return `${cut.slice(0, cut.search(/[\w+=~%-]*$/))}…`
}
