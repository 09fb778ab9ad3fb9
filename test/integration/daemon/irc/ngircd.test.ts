import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {existsSync} from 'node:fs'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'

import {Secret} from '../../../../src/model/secret.js'
import {findFreePort} from '../../../support/free-port.js'
import {makeIrcScene, type IrcScene} from '../../../support/irc-scene.js'
import {needing, skipWithout} from '../../../support/skip-without.js'
import {makeTemporaryFolder, removeFolder} from '../../../support/temporary-folder.js'
import {until} from '../../../support/until.js'

/** Debian has it where only root looks. */
const PROGRAM = ['/usr/sbin/ngircd', '/usr/bin/ngircd'].find((path) => existsSync(path))

/** Such a server has one password for all. */
const SHARED_TOKEN = 'made-up-chat-token'

describe(needing('ngircd', PROGRAM !== undefined, 'the IRC gateway before a real IRC server'), () => {
  let folder: string
  let server: ChildProcess
  let scene: IrcScene

  before(async function () {
    skipWithout('ngircd', PROGRAM !== undefined, this)
    folder = await makeTemporaryFolder()
    const port = await findFreePort()
    await writeFile(join(folder, 'ngircd.conf'), configure(port))
    server = spawn(PROGRAM ?? '', ['--nodaemon', '--config', join(folder, 'ngircd.conf')], {stdio: 'ignore'})
    await until('it listens', async () => {
      const socket = connect(port, '127.0.0.1')
      const [isThere] = await Promise.race([
        once(socket, 'connect').then(() => [true]),
        once(socket, 'error').then(() => [false]),
      ]).catch(() => [false])
      socket.destroy()
      return isThere === true
    })
    scene = await makeIrcScene({upstreamPort: port})
    const credential = {accessToken: new Secret(SHARED_TOKEN)}
    await scene.addBot('speaker_one', {userId: '31', credential})
    await scene.addBot('speaker_two', {userId: '32', credential})
  })
  after(async () => {
    if (PROGRAM === undefined) return
    await scene.dispose()
    const ended = once(server, 'exit')
    server.kill()
    await ended
    await removeFolder(folder)
  })

  it('lets two accounts join, speak, hear each other and leave', async () => {
    const token = await scene.issue()
    const [one, two] = [await scene.connect(), await scene.connect()]
    for (const [client, nick] of [
      [one, 'speaker_one'],
      [two, 'speaker_two'],
    ] as const) {
      client.send('CAP LS 302', `PASS oauth:${token}`, `NICK ${nick}`, `USER ${nick} 8 * :made up`)
      await client.expect(new RegExp(` 001 ${nick} `))
      client.send('JOIN #room')
      await client.expect(new RegExp(`^:${nick}!\\S+ JOIN :?#room`))
    }
    await one.expect(/^:speaker_two!\S+ JOIN :?#room/)
    one.send('PRIVMSG #room :grüße an alle', 'PING mark')
    assert.match(await two.expect(/PRIVMSG/), /^:speaker_one!\S+ PRIVMSG #room :grüße an alle$/)
    await one.expect(/PONG .*mark/)
    two.send('NICK speaker_one', 'PASS x', 'NOTICE speaker_one :hello')
    assert.match(await one.expect(/NOTICE speaker_one/), /^:speaker_two!\S+ NOTICE speaker_one :hello$/)
    two.send('QUIT :bye')
    await two.expect(/^ERROR /)
    await two.closed()
    await one.expect(/^:speaker_two!\S+ QUIT /)
    assert.deepEqual(
      two.lines.filter((line) => /^:\S+ NICK /.test(line)),
      [],
    )
  })

  it('tells a client that it has not what the client was told it has', async () => {
    const client = await scene.connect()
    client.send('CAP REQ :twitch.tv/tags', `PASS ${await scene.issue()}`, 'NICK speaker_two')
    await client.expect(/CAP \* ACK :twitch\.tv\/tags/)
    await client.expect(/CAP \* DEL :twitch\.tv\/tags/)
    await client.expect(/ 001 speaker_two /)
    client.send('QUIT')
    await client.closed()
  })
})

const configure = (port: number): string =>
  [
    '[Global]',
    'Name = irc.example.test',
    'Info = made up',
    'Listen = 127.0.0.1',
    `Ports = ${String(port)}`,
    'MotdPhrase = hello',
    `Password = oauth:${SHARED_TOKEN}`,
    '[Limits]',
    'MaxNickLength = 30',
    'MaxConnectionsIP = 0',
    '[Options]',
    'DNS = no',
    'Ident = no',
    'PAM = no',
    '',
  ].join('\n')
