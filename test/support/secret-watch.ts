/** How much of a secret is looked for first; nothing shorter is worth being one. */
const PREFIX_LENGTH = 8

/** Knows the secrets of a test run and everything that was seen of it, and tells where the two meet. */
export class SecretWatch {
  readonly #kinds = new Map<string, string>()
  /** Text to the place it was first seen at. */
  readonly #seen = new Map<string, string>()

  /** @param kind what it is, for the report: the value itself is never reported. */
  keep(kind: string, value: string): void {
    if (value.length < PREFIX_LENGTH) throw new Error(`This ${kind} is too short to be told from other text`)
    for (const [form, text] of Object.entries(formsOf(value))) {
      if (!this.#kinds.has(text)) this.#kinds.set(text, form === 'clear' ? kind : `${kind}, in ${form}`)
    }
  }

  /** Something that others can see as well: an output, an argument, a file. */
  see(place: string, text: string): void {
    if (text !== '' && !this.#seen.has(text)) this.#seen.set(text, place)
  }

  /** How many secrets there are, and how many texts they are looked for in. */
  get counts(): {secrets: number; texts: number} {
    return {secrets: this.#kinds.size, texts: this.#seen.size}
  }

  /** What was seen has been looked through; secrets are known on. */
  forgetSeen(): void {
    this.#seen.clear()
  }

  /** `KIND in PLACE` for every secret that was seen. */
  findLeaks(): string[] {
    const byPrefix = groupByPrefix(this.#kinds.keys())
    const leaks = new Set<string>()
    for (const [text, place] of this.#seen) {
      for (let at = 0; at + PREFIX_LENGTH <= text.length; at += 1) {
        for (const secret of byPrefix.get(text.slice(at, at + PREFIX_LENGTH)) ?? []) {
          if (text.startsWith(secret, at)) leaks.add(`${this.#kinds.get(secret) ?? ''} in ${place}`)
        }
      }
    }
    return [...leaks].sort()
  }
}

function groupByPrefix(secrets: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const secret of secrets) {
    const prefix = secret.slice(0, PREFIX_LENGTH)
    groups.set(prefix, [...(groups.get(prefix) ?? []), secret])
  }
  return groups
}

/** Ways in which a secret can be written without anybody noticing. */
function formsOf(value: string): Record<string, string> {
  const bytes = Buffer.from(value, 'utf8')
  return {
    clear: value,
    'a URL': encodeURIComponent(value),
    hex: bytes.toString('hex'),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
  }
}
