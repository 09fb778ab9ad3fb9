import {isPrivate} from './is-private.js'
import type {Message, Robot} from './robot.js'

export interface HubotOptions {
  /** What subjects begin with: `slack` for `slack:U02AB`. Default: the adapter's own name, in lower case. */
  adapter?: string
  /** Whether nobody else reads a message. For adapters that are not known here, where all counts as said in a room. */
  isPrivate?: (message: Message) => boolean
}

/** Hubot passes a script what `external-scripts.json` says of it, or nothing. */
export function readHubotOptions(robot: Robot, given: unknown): Required<HubotOptions> {
  const options: HubotOptions = typeof given === 'object' && given !== null ? given : {}
  return {
    adapter: options.adapter ?? robot.adapterName,
    isPrivate: options.isPrivate ?? ((message) => isPrivate(robot, message)),
  }
}
