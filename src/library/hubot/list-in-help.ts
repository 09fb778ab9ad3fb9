import type {Robot} from './robot.js'
import type {Command} from './service.js'

/**
 * Lists a command where people ask what the bot can do: in Hubot's own `help`, and in that of the package `hubot-help`.
 * Hubot runs a registered command itself when the first word of a message is its name; no word is a name with a blank.
 */
export function listInHelp({commands, helpStrings}: Robot, {usage, summary}: Command): void {
  helpStrings.push(`hubot ${usage} - ${summary}`)
  if (commands.getCommand(usage)) return
  commands.register({id: usage, description: summary, confirm: 'never', handler: () => usage})
}
