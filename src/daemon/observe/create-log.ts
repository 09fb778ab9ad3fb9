import type {Writable} from 'node:stream'

import {pino} from 'pino'

import type {LogLevel} from '../../model/log-level.js'
import type {EpochMs} from '../../model/time.js'
import type {Log, LogFields} from '../daemon-deps.js'
import {createLineSink} from './line-sink.js'
import {redactFields} from './redact-fields.js'
import {redactText} from './redact-text.js'

export interface OpenLog extends Log {
  /** Writes what is left. The stream stays open. */
  close(): Promise<void>
}

/**
 * A log of JSON lines: `level`, `time` (ISO 8601), the caller's fields, and what happened, `event`. What is secret is
 * taken out here, so that no caller can forget to. Stacks are written at `debug` alone.
 * @param stream `process.stderr`; nothing that happens to it ends the program.
 */
export function createLog({level, stream, now}: {level: LogLevel; stream: Writable; now: () => EpochMs}): OpenLog {
  const timeNow = (): string => new Date(now()).toISOString()
  const sink = createLineSink(
    stream,
    (count) => `${JSON.stringify({level: 'warn', time: timeNow(), count, event: 'log-lines-dropped'})}\n`,
  )
  const lines = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${timeNow()}"`,
      formatters: {level: (label) => ({level: label})},
    },
    sink,
  )
  const audits = lines.child({}, {level: level === 'silent' ? 'silent' : 'info'})
  const withStacks = level === 'debug'

  const write =
    (at: Exclude<LogLevel, 'silent'>) =>
    (event: string, fields: LogFields = {}): void => {
      if (lines.isLevelEnabled(at)) lines[at](redactFields(fields, {withStacks}), redactText(event))
    }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    audit({apiTokenId, actedAs, method, path, status, code, durationMs}) {
      if (!audits.isLevelEnabled('info')) return
      // All but the path is ours; this is written of every call.
      const call = {
        apiTokenId,
        actedAs,
        method,
        path: redactText(path),
        status,
        code,
        durationMs: Math.round(durationMs),
      }
      audits.info(call, 'call')
    },
    close: () => sink.close(),
  }
}
