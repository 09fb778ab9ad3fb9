/** What the control plane can change about the sandbox's behaviour. */
export interface Settings {
  /** Approve (`login`) or deny every authorization at once; null: show the pages. */
  auto: {kind: 'approve'; login: string} | {kind: 'deny'} | null
  /** Life of user access tokens; null: jittered as at Twitch. */
  accessTokenSeconds: number | null
  codeSeconds: number
  deviceSeconds: number
  deviceIntervalSeconds: number
  /** Confidential clients get a new refresh token with every refresh; the old one stays good. */
  renewsRefreshTokens: boolean
  /** How the last page of a list ends (facts 3.4): `{}`, no key at all, or a cursor to an empty page. */
  lastPage: 'empty-object' | 'missing' | 'extra-page'
  /** Who says or joins too much in chat is not heard (facts 6.7). */
  chatLimits: boolean
}

export const createSettings = (): Settings => ({
  auto: null,
  accessTokenSeconds: null,
  codeSeconds: 300,
  deviceSeconds: 1800,
  deviceIntervalSeconds: 5,
  renewsRefreshTokens: false,
  lastPage: 'empty-object',
  chatLimits: false,
})
