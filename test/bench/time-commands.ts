import {spawnSync} from 'node:child_process'

/** What `node` is given, and where. */
export interface TimedCommand {
  name: string
  args: string[]
  env: NodeJS.ProcessEnv
}

/** A command's times, in milliseconds, and the median as a multiple of the first command's. */
export interface CommandTimes {
  name: string
  medianMs: number
  ratio: number
}

/** Rounds that are not counted; in the first of them compiled code is put into the cache. */
const WARM_UP_ROUNDS = 3

/**
 * Times each command once a round, so that whatever else the machine does in the meantime befalls all of them alike.
 * The first one is the measure of the others.
 */
export function timeCommands(commands: TimedCommand[], rounds: number): CommandTimes[] {
  const times = commands.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const elapsedMs = timeCommand(command)
      if (round >= 0) times[index]?.push(elapsedMs)
    }
  }
  const medians = times.map(median)
  return commands.map(({name}, index) => {
    const medianMs = medians[index] ?? NaN
    return {name, medianMs, ratio: medianMs / (medians[0] ?? NaN)}
  })
}

function timeCommand({name, args, env}: TimedCommand): number {
  const started = performance.now()
  const {status, stderr} = spawnSync(process.execPath, args, {env, maxBuffer: Infinity})
  const elapsedMs = performance.now() - started
  if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${stderr.toString()}`)
  return elapsedMs
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}
