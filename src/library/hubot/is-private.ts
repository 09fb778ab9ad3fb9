import type {Message, Robot} from './robot.js'

/**
 * Whether nobody else reads along. Hubot has no word for that and adapters differ, so what is not known to be private
 * counts as a room: marked so by the adapter, no room at all (IRC), a room that is the person (IRC, Slack's names),
 * Slack's direct channels, Hubot's own shell.
 */
export function isPrivate({adapterName}: Pick<Robot, 'adapterName'>, message: Message): boolean {
  const {room, user} = message
  if (message.private === true) return true
  if (room === undefined || room === '') return true
  if (room === String(user.id) || room === user.name) return true
  if (/slack/i.test(adapterName)) return /^D[A-Z0-9]{7,}$/.test(room)
  return adapterName === 'Shell'
}
