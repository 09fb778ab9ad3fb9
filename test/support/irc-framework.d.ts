/** As much of irc-framework as tests use: it comes without types. */
declare module 'irc-framework' {
  import {EventEmitter} from 'node:events'

  export class Client extends EventEmitter {
    /** Without options: again, as before. */
    connect(options?: {
      host: string
      port: number
      nick: string
      username: string
      password: string
      auto_reconnect: boolean
    }): void
    requestCap(capabilities: string[]): void
    join(channel: string): void
    say(target: string, text: string): void
    quit(): void
  }
}
