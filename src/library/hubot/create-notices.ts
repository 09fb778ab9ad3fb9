import type {Envelope, Robot} from './robot.js'

/** What people are told without having asked at that moment: how the authorization ended that they went to a browser for. */
export interface Notices {
  /** The person asked for an authorization, there. */
  expect(subject: string, notice: ExpectedNotice): void
  tell: (subject: string, text: string) => Promise<void>
}

interface ExpectedNotice {
  envelope: Envelope
  /** Keeps in the brain what has changed. */
  remember: () => Promise<void>
}

/** Kept by this process alone: after a restart the page in the browser is all that a person sees. */
export function createNotices(robot: Robot): Notices {
  const expected = new Map<string, ExpectedNotice>()
  return {
    expect: (subject, notice) => void expected.set(subject, notice),
    async tell(subject, text) {
      const notice = expected.get(subject)
      if (notice === undefined) return
      expected.delete(subject)
      await robot.send(notice.envelope, text)
      await notice.remember()
    },
  }
}
