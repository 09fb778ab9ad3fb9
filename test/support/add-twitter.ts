import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'

import type {HubotScene} from './hubot-scene.js'
import type {OAuth1Server} from './oauth1-server.js'

const ROOT = join(import.meta.dirname, '../..')

/** Sets the provider `twitter` up by hand, as a stand-in's; the client is Hubot's settings' to say. */
export function addTwitterCommand({origin}: OAuth1Server): string[] {
  const urls = [
    ['--request-token-url', 'oauth/request_token'],
    ['--authorize-url', 'oauth/authorize'],
    ['--token-url', 'oauth/access_token'],
    ['--userinfo-url', '1.1/account/verify_credentials.json'],
    ['--api-url', ''],
  ].flatMap(([flag = '', path = '']) => [flag, `${origin}/${path}`])
  const client = ['--client-id', 'made-up-and-not-used', '--no-check']
  return ['provider', 'add', 'twitter', '--preset', 'twitter', ...client, ...urls]
}

/** Does so in the store of a Hubot. */
export async function addTwitter({env, folder}: HubotScene, twitter: OAuth1Server): Promise<void> {
  const args = ['--import', 'tsx', join(ROOT, 'bin/dev.js'), ...addTwitterCommand(twitter)]
  await promisify(execFile)(process.execPath, args, {cwd: ROOT, env: {PATH: process.env.PATH, HOME: folder, ...env}})
}
