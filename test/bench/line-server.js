// The chat server behind the gateway that is measured: it lets everybody in, and says each message back, with the tags
// that Twitch would give it. Prints its port.
import {createServer} from 'node:net'

const TAGS =
  '@badge-info=;badges=moderator/1;color=#1E90FF;display-name=MadeUp;emotes=;first-msg=0;id=00000000-made-up;mod=1;' +
  'room-id=9001;subscriber=0;tmi-sent-ts=1800000000000;turbo=0;user-id=9001;user-type=mod'

const server = createServer({noDelay: true}, (socket) => {
  let nick = ''
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (piece) => {
    const lines = (rest + piece).split('\r\n')
    rest = lines.pop()
    for (const line of lines) {
      if (line.startsWith('NICK ')) {
        nick = line.slice(5)
        socket.write(`:tmi.twitch.tv 001 ${nick} :Welcome, GLHF!\r\n:tmi.twitch.tv 376 ${nick} :>\r\n`)
      }
      if (line.startsWith('PRIVMSG ')) socket.write(`${TAGS} :${nick}!${nick}@${nick}.tmi.twitch.tv ${line}\r\n`)
    }
  })
  socket.on('error', () => socket.destroy())
})
server.listen({port: 0, host: '127.0.0.1', backlog: 1024}, () => {
  process.stdout.write(`${String(server.address().port)}\n`)
})
