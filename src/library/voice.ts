import type {BehalfOptions, Logger} from './behalf-options.js'

/** What a program is told beside what its calls return. Nothing it does with that harms a call. */
export interface Voice extends Logger {
  /** @see Notify */
  tell(subject: string, text: string): void
}

export function createVoice({logger, notify}: Pick<BehalfOptions, 'logger' | 'notify'>): Voice {
  const log = (level: keyof Logger) => (line: string) => {
    // Who cannot log has nowhere to say so.
    attempt(
      () => logger?.[level](`behalf: ${line}`),
      () => undefined,
    )
  }
  const voice: Logger = {info: log('info'), warn: log('warn'), error: log('error')}
  return {
    ...voice,
    tell(subject, text) {
      attempt(
        () => notify?.(subject, text),
        (error) => voice.error(`notify failed for ${subject}: ${String(error)}`),
      )
    },
  }
}

/** Whether it throws, or rejects later. */
function attempt(work: () => unknown, fail: (error: unknown) => unknown): void {
  new Promise((resolve) => resolve(work())).catch(fail)
}
