import type {EpochMs} from '../../../model/time.js'
import type {Tone} from './notice.js'

/** What a page must know of who looks at it. */
export interface PageSession {
  /** Goes with every form. */
  csrfToken: string
  /** When the page was made. */
  now: EpochMs
  /** What has been done, told once. */
  note?: {tone: Tone; text: string} | undefined
}
