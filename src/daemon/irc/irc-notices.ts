/** Twitch's own name, which its clients look for. */
const SERVER = ':tmi.twitch.tv'

const line = (text: string): Buffer => Buffer.from(`${SERVER} ${text}\r\n`)

/** What Twitch says before it closes a connection, and all that a refused client is told (facts of Twitch 6.2). */
export const LOGIN_FAILED = line('NOTICE * :Login authentication failed')

/** A client that gets it comes again by itself. */
export const RECONNECT = line('RECONNECT')

export const notice = (text: string): Buffer => line(`NOTICE * :${text}`)

/** With the id by which programs tell it, for clients that asked for tags. */
export const channelNotice = (channel: string, text: string, id: string, withTags: boolean): Buffer =>
  Buffer.concat([Buffer.from(withTags ? `@msg-id=${id} ` : ''), line(`NOTICE ${channel} :${text}`)])

export const unknownCommand = (nick: string, command: string): Buffer => line(`421 ${nick} ${command} :Unknown command`)

/** `text` is what the client sent. */
export const pong = (text: string): Buffer => line(`PONG tmi.twitch.tv :${text}`)

export const cap = (verb: 'LS' | 'LIST' | 'ACK' | 'NAK' | 'DEL', capabilities: string): Buffer =>
  line(`CAP * ${verb} :${capabilities}`)
