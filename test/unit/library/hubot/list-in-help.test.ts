import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {createJenkins} from '../../../../src/library/hubot/create-jenkins.js'
import {createTwitter} from '../../../../src/library/hubot/create-twitter.js'
import {listInHelp} from '../../../../src/library/hubot/list-in-help.js'
import type {Robot} from '../../../../src/library/hubot/robot.js'

describe('listInHelp', () => {
  const commands = [createTwitter(), createJenkins()].flatMap((service) => service.commands)

  it('registers nothing that a first word could call, and each command once', () => {
    const registered = new Map<string, string>()
    const robot = {
      helpStrings: [] as string[],
      commands: {
        getCommand: (id: string) => registered.get(id),
        register: ({id, description}: {id: string; description: string}) => registered.set(id, description),
      },
    }
    for (const command of [...commands, ...commands]) listInHelp(robot as unknown as Robot, command)
    assert.deepEqual(
      [...registered.keys()],
      commands.map(({usage}) => usage),
    )
    for (const id of registered.keys()) assert.match(id, / /)
    assert.ok(robot.helpStrings.includes('hubot t search <query> - finds tweets'))
  })

  it('lists what docs/hubot.md does', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/hubot.md'), 'utf8')
    const rows = [...page.matchAll(/^\| `((?:t|jenkins) [^`]+)`/gm)].map(([, said]) => said)
    assert.deepEqual(rows.sort(), commands.map(({usage}) => usage).sort())
  })
})
