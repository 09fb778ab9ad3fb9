import {createNotices} from './create-notices.js'
import {readHubotOptions, type HubotOptions} from './hubot-options.js'
import {createJenkins} from './create-jenkins.js'
import {listInHelp} from './list-in-help.js'
import {openForHubot} from './open-for-hubot.js'
import {respondTo} from './respond-to.js'
import type {Robot} from './robot.js'
import {createTwitter} from './create-twitter.js'

export type {HubotOptions} from './hubot-options.js'
export type {Message, Robot} from './robot.js'

/**
 * A script for Hubot 14: people give the bot credentials of their own, and it acts as them. It is named in
 * `external-scripts.json` as `behalf/hubot`, or called by a script of one's own. Settings are behalf's (`BEHALF_…`) and
 * `HUBOT_TWITTER_CONSUMER_KEY`, `HUBOT_TWITTER_CONSUMER_SECRET`, `HUBOT_JENKINS_URL`.
 * @param given What else than options Hubot passes to a script is none.
 */
export default function addBehalf(robot: Robot, given?: HubotOptions): void {
  const options = readHubotOptions(robot, given)
  const notices = createNotices(robot)
  const opening = openForHubot(robot, notices.tell)
  // Hubot waits for no script: what went wrong is in the log now, and is said later to whoever wants something.
  opening.catch((error: unknown) => robot.logger.error(`behalf: ${error instanceof Error ? error.message : 'failed'}`))
  for (const service of [createTwitter(), createJenkins()]) {
    for (const command of service.commands) {
      respondTo(robot, {service, command, options, notices, opening})
      listInHelp(robot, command)
    }
  }
}
