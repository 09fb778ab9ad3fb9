import {createInterface} from 'node:readline'
import {setTimeout as wait} from 'node:timers/promises'

import {Adapter, TextMessage, User} from 'hubot'

/**
 * A chat whose lines are JSON: on stdin what people say, `{user, room?, text}` (without a room in private), on stdout what
 * the bot says, `{to, room?, text}`. The line `{"brain":true}` has it print the brain as it is saved.
 */
class ChatAdapter extends Adapter {
  name = 'chat'

  async send(envelope, ...texts) {
    for (const text of texts) print({to: envelope.user?.id, room: envelope.room, text})
  }

  async reply(envelope, ...texts) {
    await this.send(envelope, ...texts)
  }

  async run() {
    const lines = createInterface({input: process.stdin})
    lines.on('line', (line) => void this.hear(JSON.parse(line)))
    lines.on('close', () => this.robot.shutdown())
    this.robot.events.once('scripts have loaded', () => void this.announce())
    this.emit('connected')
  }

  /** Hubot does not wait for the scripts that packages bring. */
  async announce() {
    while (this.robot.listeners.length === 0) await wait(5)
    print({ready: true})
  }

  async hear({user: id, room, text, brain}) {
    if (brain) {
      print({brain: this.robot.brain.data})
      return
    }
    const user = this.robot.brain.userForId(id, {name: `${id}-name`})
    await this.receive(new TextMessage(Object.assign(new User(id, user), {room}), text, '1'))
  }
}

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

export default {use: (robot) => new ChatAdapter(robot)}
