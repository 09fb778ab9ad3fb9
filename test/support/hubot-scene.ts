import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'

import {findFreePort} from './free-port.js'
import {startHubot, type HubotOptions, type RunningHubot} from './hubot.js'
import {makeTemporaryFolder, removeFolder} from './temporary-folder.js'

/** A Hubot called Droid with a store of its own, and what runs `behalf` on that store. */
export interface HubotScene {
  readonly folder: string
  /** Where its HTTP server is. */
  readonly origin: string
  /** What the Hubot and commands of the same store are run with. */
  readonly env: Record<string, string>
  start(more?: Partial<Omit<HubotOptions, 'folder'>>): Promise<RunningHubot>
  /** Ends what was started. */
  remove(): Promise<void>
}

export async function makeHubotScene(): Promise<HubotScene> {
  const folder = await makeTemporaryFolder()
  const port = String(await findFreePort())
  const env = {
    BEHALF_STORE: join(folder, 'store.json'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    EXPRESS_PORT: port,
    EXPRESS_BIND_ADDRESS: '127.0.0.1',
    // A lazy developer's: all that Hubot could write.
    HUBOT_LOG_LEVEL: 'debug',
  }
  await mkdir(join(folder, 'hubot'))
  const started: RunningHubot[] = []
  return {
    folder,
    origin: `http://localhost:${port}`,
    env,
    async start({env: more, args = [], ...rest} = {}) {
      const running = await startHubot({
        ...rest,
        folder: join(folder, 'hubot'),
        env: {...env, ...more},
        args: ['--name', 'Droid', ...args],
      })
      started.push(running)
      return running
    },
    async remove() {
      await Promise.all(started.map((one) => one.stop()))
      await removeFolder(folder)
    },
  }
}
