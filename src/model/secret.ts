import {inspect} from 'node:util'

/**
 * A value that must not be seen: it prints as `[secret]` through `String`, `JSON.stringify` and `util.inspect`.
 * Only the store, the wire and the commands whose job it is to print one call {@link Secret.reveal}.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The clear text. */
  reveal(): string {
    return this.#value
  }

  get isEmpty(): boolean {
    return this.#value === ''
  }

  /** Whether all of it is of this form; `pattern` is anchored at both ends. */
  matches(pattern: RegExp): boolean {
    return pattern.test(this.#value)
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}
