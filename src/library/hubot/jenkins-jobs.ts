import {z} from 'zod'

import {postToJenkins, readJenkins} from './jenkins-api.js'
import {pathOfJob} from './path-of-job.js'
import {ServiceRefusal, type Command} from './service.js'

/** More would flood a room. */
const LISTED_AT_MOST = 100

const listSchema = z.object({
  jobs: z.array(z.object({name: z.string(), color: z.string().optional(), _class: z.string().optional()})),
})
type Job = z.infer<typeof listSchema>['jobs'][number]
const LIST_TREE = 'jobs[name,color]'

export const listJobs: Command = {
  usage: 'jenkins list [<filter>]',
  summary: 'lists jobs and how they do',
  pattern: /j(?:enkins)?\s+list(?:\s+(.*\S))?\s*$/i,
  async answer(turn, [filter = '']) {
    const {jobs} = await readJenkins(turn, '', LIST_TREE, listSchema)
    const wanted = jobs.filter(({name}) => name.toLowerCase().includes(filter.toLowerCase()))
    const lines = wanted.map((job) => (isFolder(job) ? `${job.name}/` : `${stateOf(job.color)} ${job.name}`))
    return [joinLines(lines, filter === '' ? 'You see no jobs.' : `You see no job with “${filter}” in its name.`)]
  },
}

export const listFolder: Command = {
  usage: 'jenkins ls [<folder>]',
  summary: 'lists what is in a folder',
  pattern: /j(?:enkins)?\s+ls(?:\s+(.*\S))?\s*$/i,
  async answer(turn, [folder = '']) {
    const {jobs} = await readJenkins(turn, pathOfJob(folder), LIST_TREE, listSchema)
    const names = jobs.map((job) => (isFolder(job) ? `${job.name}/` : job.name)).sort()
    return [joinLines(names, 'You see nothing there.')]
  },
}

export const buildJob: Command = {
  usage: 'jenkins build <job>[, k=v&…]',
  summary: 'builds a job, with parameters if given',
  pattern: /j(?:enkins)?\s+build\s+([^,]*[^,\s])\s*(?:,\s*(.*\S))?\s*$/i,
  async answer(turn, [job = '', text]) {
    const path = pathOfJob(job)
    if (text === undefined) await buildPlainly(async (way, form) => postToJenkins(turn, `${path}/${way}`, form))
    else await postToJenkins(turn, `${path}/buildWithParameters`, new URLSearchParams(text))
    return [`Build started for ${job}`]
  },
}

/** Jenkins takes a job that has parameters only as such, all of them may have defaults. */
async function buildPlainly(post: (way: string, form?: URLSearchParams) => Promise<void>): Promise<void> {
  try {
    await post('build')
  } catch (error) {
    if (!(error instanceof ServiceRefusal) || error.status !== 400) throw error
    await post('buildWithParameters')
  }
}

const nullableText = z.string().nullish()
const describeSchema = z.object({
  displayName: z.string(),
  url: z.string(),
  description: nullableText,
  buildable: z.boolean().optional(),
  color: z.string().optional(),
  healthReport: z.array(z.object({description: z.string()})).default([]),
  lastBuild: z.object({number: z.number(), result: nullableText, timestamp: z.number()}).nullish(),
  property: z
    .array(
      z.object({
        parameterDefinitions: z
          .array(
            z.object({
              name: z.string(),
              description: nullableText,
              defaultParameterValue: z.object({value: z.unknown()}).nullish(),
            }),
          )
          .optional(),
      }),
    )
    .default([]),
})
const DESCRIBE_TREE =
  'displayName,url,description,buildable,color,healthReport[description],lastBuild[number,result,timestamp],' +
  'property[parameterDefinitions[name,description,defaultParameterValue[value]]]'

export const describeJob: Command = {
  usage: 'jenkins describe <job>',
  summary: 'says what a job is and takes',
  pattern: /j(?:enkins)?\s+describe\s+(.*\S)\s*$/i,
  async answer(turn, [name = '']) {
    const job = await readJenkins(turn, pathOfJob(name), DESCRIBE_TREE, describeSchema)
    const parameters = job.property.flatMap(({parameterDefinitions = []}) => parameterDefinitions)
    const {lastBuild} = job
    return [
      [
        `JOB: ${job.displayName}`,
        `URL: ${job.url}`,
        job.description ? `DESCRIPTION: ${job.description}` : [],
        job.buildable === undefined ? [] : `ENABLED: ${String(job.buildable)}`,
        job.color === undefined ? [] : `STATUS: ${stateOf(job.color)}`,
        job.healthReport.map(({description}) => `HEALTH: ${description}`),
        parameters.map(({name: parameter, description, defaultParameterValue}) => {
          const value = defaultParameterValue?.value
          const fallback = value === undefined || value === null ? '' : ` (default: ${JSON.stringify(value)})`
          return `PARAMETER: ${parameter}${description ? ` - ${description}` : ''}${fallback}`
        }),
        lastBuild
          ? `LAST BUILD: #${String(lastBuild.number)} ${lastBuild.result ?? 'RUNNING'}, ${formatTime(lastBuild.timestamp)}`
          : [],
      ]
        .flat()
        .join('\n'),
    ]
  },
}

const buildSchema = z.object({
  fullDisplayName: z.string(),
  url: z.string(),
  description: nullableText,
  building: z.boolean(),
  result: nullableText,
  timestamp: z.number(),
})

export const showLastBuild: Command = {
  usage: 'jenkins last <job>',
  summary: 'tells of the last build of a job',
  pattern: /j(?:enkins)?\s+last\s+(.*\S)\s*$/i,
  async answer(turn, [name = '']) {
    const tree = 'fullDisplayName,url,description,building,result,timestamp'
    const build = await readJenkins(turn, `${pathOfJob(name)}/lastBuild`, tree, buildSchema)
    const {description} = build
    return [
      [
        `NAME: ${build.fullDisplayName}`,
        `URL: ${build.url}`,
        description ? `DESCRIPTION: ${description}` : [],
        `BUILDING: ${String(build.building)}`,
        build.building ? [] : `RESULT: ${build.result ?? 'unknown'}`,
        `STARTED: ${formatTime(build.timestamp)}`,
      ]
        .flat()
        .join('\n'),
    ]
  },
}

/** What has neither a state nor builds. */
const isFolder = ({color}: Job): boolean => color === undefined

/** Jenkins has colours for states, and animates them while it builds. */
function stateOf(color = ''): string {
  const words: Record<string, string> = {blue: 'PASS', green: 'PASS', red: 'FAIL', yellow: 'UNSTABLE', notbuilt: 'NEW'}
  const [name = '', motion] = color.split('_')
  return `${words[name] ?? name.toUpperCase()}${motion === undefined ? '' : ' (building)'}`
}

function joinLines(lines: string[], otherwise: string): string {
  if (lines.length === 0) return otherwise
  const more = lines.length - LISTED_AT_MOST
  return [...lines.slice(0, LISTED_AT_MOST), ...(more > 0 ? [`… and ${String(more)} more`] : [])].join('\n')
}

const formatTime = (epochMs: number): string => new Date(epochMs).toISOString()
