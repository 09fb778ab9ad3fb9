/** Where randomness comes from. Handed in, so that tests can name what they get. */
export interface Random {
  /** `bytes` random bytes in base64url. */
  token(bytes: number): string
  /** `length` characters, uniformly from A–Z, a–z and 0–9. */
  alphanumeric(length: number): string
  /** From 0 to 1, for jitter. */
  fraction(): number
}
