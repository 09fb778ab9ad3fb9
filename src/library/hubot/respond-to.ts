import {subjectOfHubotUser} from '../../model/hubot-subject.js'
import type {Notices} from './create-notices.js'
import {explainFailure} from './explain-failure.js'
import type {HubotOptions} from './hubot-options.js'
import type {OpenedBehalf} from './open-for-hubot.js'
import {rememberAccount} from './remember-account.js'
import type {Chat, Robot} from './robot.js'
import type {Command, Service, Turn} from './service.js'

export interface Responder {
  service: Service
  command: Command
  options: Required<HubotOptions>
  notices: Notices
  opening: Promise<OpenedBehalf>
}

/**
 * Has the bot answer a command: always with something, and to nobody but the person who said it.
 *
 * Hubot's own `respond` would write what was said to its log, at the level `debug`; some of it is secret.
 */
export function respondTo(robot: Robot, responder: Responder): void {
  const {service, command} = responder
  const pattern = robot.respondPattern(command.pattern)
  const id = `behalf.${command.usage.replace(/\s*[<,[].*/, '').replaceAll(' ', '.')}`
  robot.listen(
    (message) => message.match?.(pattern) ?? false,
    {id},
    async (chat) => {
      chat.finish()
      await chat.send(...(await answer(chat)))
    },
  )

  async function answer(chat: Chat): Promise<string[]> {
    const {logger} = robot
    try {
      const turn = beginTurn(robot, responder, await responder.opening, chat)
      try {
        return await command.answer(turn, chat.match.slice(1))
      } catch (error) {
        const texts = await explainFailure(error, service, turn)
        if (texts === undefined) throw error
        logger.info(`behalf: ${command.usage}: ${error instanceof Error ? error.message : ''}`)
        return texts
      }
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      logger.error(`behalf: ${command.usage}: ${why}`)
      return ['Something went wrong on my side. My log says what.']
    }
  }
}

function beginTurn(robot: Robot, {options, notices}: Responder, {behalf, callbackUrl}: OpenedBehalf, chat: Chat): Turn {
  const {message, envelope} = chat
  const userId = String(message.user.id)
  const subject = subjectOfHubotUser(options.adapter, userId)
  const remember = (provider: string, login?: string): void => rememberAccount(robot.brain, subject, provider, login)
  return {
    behalf,
    asksForPin: callbackUrl === undefined,
    subject,
    userId,
    isPrivate: options.isPrivate(message),
    botName: robot.name,
    remember,
    awaitNotice: (provider) =>
      notices.expect(subject, {
        envelope,
        remember: async () => remember(provider, (await behalf.getAccount({subject, provider}))?.login),
      }),
  }
}
