import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {createServer as createTlsServer} from 'node:tls'

/** A chat server that lets in who has one of its tokens, and else says and does what a test tells it. */
export interface ChatServer {
  readonly port: number
  /** Everything that each connection has sent. */
  readonly received: string[]
  /** Of each connection. */
  readonly sockets: Socket[]
  /** Access tokens that it takes. */
  readonly tokens: Set<string>
  /** Does this with each line of a client, instead of what it does by itself. */
  answer: ((socket: Socket, line: string) => void) | undefined
  /** What connection `at` has sent after its login, a line each. */
  linesOf(at: number): string[]
  /** Says lines to the newest connection. */
  say(...lines: string[]): void
  stop(): Promise<void>
}

/** @param tls its key and certificate; default: it speaks without TLS. */
export async function startChatServer(tls?: {key: string; cert: string}): Promise<ChatServer> {
  const received: string[] = []
  const sockets: Socket[] = []
  const tokens = new Set<string>()
  const accept = (socket: Socket): void => {
    const index = received.push('') - 1
    sockets.push(socket)
    let token = ''
    let rest = ''
    const answer = (line: string): void => {
      if (chat.answer) {
        chat.answer(socket, line)
        return
      }
      const [command = '', ...params] = line.split(' ')
      if (command === 'PASS') token = (params[0] ?? '').replace('oauth:', '')
      if (command === 'CAP' && params[0] === 'REQ')
        socket.write(`:tmi.twitch.tv CAP * ACK ${params.slice(1).join(' ')}\r\n`)
      if (command === 'NICK') {
        if (tokens.has(token)) socket.write(welcome(params[0] ?? ''))
        else socket.end(':tmi.twitch.tv NOTICE * :Login authentication failed\r\n')
      }
      if (command === 'PING') socket.write(`:tmi.twitch.tv PONG tmi.twitch.tv ${params.join(' ')}\r\n`)
    }
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      received[index] = (received[index] ?? '') + piece.toString('latin1')
      const lines = (rest + piece.toString('utf8')).split('\r\n')
      rest = lines.pop() ?? ''
      lines.forEach(answer)
    })
  }
  const server = tls ? createTlsServer(tls, accept) : createServer(accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const chat: ChatServer = {
    port: (server.address() as AddressInfo).port,
    received,
    sockets,
    tokens,
    answer: undefined,
    linesOf: (at) =>
      (received[at] ?? '').split('\r\n').filter((line) => line !== '' && !/^(?:CAP|PASS|NICK|USER) /.test(line)),
    say: (...lines) => void sockets.at(-1)?.write(lines.map((line) => `${line}\r\n`).join('')),
    async stop() {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
  return chat
}

const welcome = (nick: string): string =>
  [
    `:tmi.twitch.tv 001 ${nick} :Welcome, GLHF!`,
    `:tmi.twitch.tv 376 ${nick} :>`,
    `@user-id=2002 :tmi.twitch.tv GLOBALUSERSTATE`,
    '',
  ].join('\r\n')
