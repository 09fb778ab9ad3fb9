import type {ChatMetrics, IrcSettings} from '../../src/daemon/daemon-deps.js'

/** For a daemon to which no chat client comes: nobody listens there. */
export const NO_CHAT: IrcSettings = {upstream: {host: '127.0.0.1', port: 1, isPlain: true}, messages: 20}

export const SILENT_CHAT_METRICS: ChatMetrics = {
  countConnection: () => undefined,
  countRefusal: () => undefined,
  countLines: () => undefined,
  countWait: () => undefined,
}
