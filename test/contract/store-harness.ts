import type {RawReply} from '../../src/model/refresh.js'
import type {Store} from '../../src/store/store.js'
import type {FakeClock} from '../support/fake-clock.js'

/** One place to keep things in, for one test. */
export interface StoreHarness {
  readonly clock: FakeClock
  /** Opens the store; each call gives another instance on the same place, as another process would have. */
  open(): Promise<Store>
  /** Closes what was opened and deletes the place. */
  dispose(): Promise<void>
  /** So much time goes on for a server that forgets idempotency keys by its own clock. */
  agePoints?(ms: number): Promise<void>
}

export type MakeStoreHarness = () => Promise<StoreHarness>

/** What the parts of the suite ask for in each test. */
export interface StoreUnderTest {
  readonly store: Store
  /** A second instance on the same place. */
  readonly other: Store
  readonly clock: FakeClock
  agePoints(ms: number): Promise<void>
}

/** A made-up answer of a token endpoint. */
export function makeReply(
  body = '{"access_token":"made-up-new-access-token"}',
  parts: Partial<RawReply> = {},
): RawReply {
  return {
    status: 200,
    headers: {'content-type': 'application/json'},
    body,
    complete: true,
    sentAt: 1_800_000_000_000,
    ...parts,
  }
}
