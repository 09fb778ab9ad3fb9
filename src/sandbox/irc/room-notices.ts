import type {ChatSettings} from '../helix/channel-data.js'

/** What a `NOTICE` says to a room whose rules have changed: its id (facts 6.5), and words. */
export type RoomNotice = [id: string, text: string]

const switched = (id: string, name: string, isOn: boolean): RoomNotice =>
  isOn ? [`${id}_on`, `This room is now in ${name} mode.`] : [`${id}_off`, `This room is no longer in ${name} mode.`]

const SPOKEN: readonly ((chat: ChatSettings) => RoomNotice)[] = [
  ({emote_mode: isOn}) => switched('emote_only', 'emote-only', isOn),
  ({follower_mode: isOn, follower_mode_duration: minutes}) => {
    if (!isOn) return switched('followers', 'followers-only', false)
    if (!minutes) return ['followers_on_zero', 'This room is now in followers-only mode.']
    return ['followers_on', `This room is now in ${String(minutes)} minutes followers-only mode.`]
  },
  ({unique_chat_mode: isOn}) => switched('r9k', 'unique-chat', isOn),
  ({slow_mode: isOn, slow_mode_wait_time: seconds}) =>
    isOn
      ? ['slow_on', `This room is now in slow mode. You may send messages every ${String(seconds)} seconds.`]
      : switched('slow', 'slow', false),
  ({subscriber_mode: isOn}) => switched('subs', 'subscribers-only', isOn),
]

/** One for each rule that is another than before. */
export const noticesOfChange = (before: ChatSettings, after: ChatSettings): RoomNotice[] =>
  SPOKEN.flatMap((speak) => {
    const [[, old], notice] = [speak(before), speak(after)]
    return old === notice[1] ? [] : [notice]
  })
