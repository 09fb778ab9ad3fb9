import {z} from 'zod'

import {BehalfError} from '../model/behalf-error.js'

/** What somebody gave a Hubot, as its brain has it. */
export interface EncryptedCredential {
  userId: string
  /** Hex. */
  text: string
}

const brainSchema = z.object({users: z.record(z.string(), z.looseObject({jenkins_auth: z.string().optional()}))})

/**
 * Finds `jenkins_auth` of all users in the JSON of a brain.
 * @throws BehalfError `invalid-input` for what is no brain, with nothing of what is in it.
 */
export function parseHubotBrain(text: string, source: string): EncryptedCredential[] {
  const {success, data} = brainSchema.safeParse(parseJson(text))
  if (!success) {
    throw new BehalfError('invalid-input', `${source}: this is not the brain of a Hubot: JSON with “users” in it.`, {
      hint: 'With hubot-redis-brain: redis-cli get hubot:storage | behalf import hubot-brain - --adapter NAME',
    })
  }
  return Object.entries(data.users).flatMap(([userId, {jenkins_auth}]) =>
    jenkins_auth === undefined ? [] : [{userId, text: jenkins_auth.trim()}],
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
