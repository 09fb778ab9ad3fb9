import {z} from 'zod'

import type {Brain} from './robot.js'

const KEY = 'behalf'

/** subject → provider → what they are called there. */
const memorySchema = z.record(z.string(), z.record(z.string(), z.string()))

/**
 * Keeps in the brain, for other scripts, what someone is called at a service. Nothing else of behalf is there: brains are
 * kept in the clear.
 * @param login Without one, what was kept is forgotten.
 */
export function rememberAccount(brain: Brain, subject: string, provider: string, login?: string): void {
  const memory = memorySchema.safeParse(brain.get(KEY)).data ?? {}
  const {[provider]: _former, ...others} = memory[subject] ?? {}
  const mine = login === undefined ? others : {...others, [provider]: login}
  const {[subject]: _mine, ...rest} = memory
  brain.set(KEY, Object.keys(mine).length === 0 ? rest : {...rest, [subject]: mine})
}
