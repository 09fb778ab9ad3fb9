import type {Context} from 'hono'
import type {z} from 'zod'

import {changePoints, pointsHistory, showPoints, topPoints} from '../../broker/points.js'
import {decodePath} from '../../model/api-path.js'
import {BehalfError} from '../../model/behalf-error.js'
import {isoTime} from '../../model/iso-time.js'
import type {PointsBalance, PointsRecord, PointsStep} from '../../model/points.js'
import {addRoute, type ApiApp, type ApiDeps, type ApiEnv} from './api-app.js'
import {balanceJson} from './balance-json.js'
import {describeProblem} from './describe-problem.js'
import {envelope} from './envelope.js'
import {readIdempotencyKey} from './idempotency-key.js'
import {changeRoutes, historyRoute, setRoute, showRoute, topRoutes} from './points-descriptions.js'
import {pointsToAdd, pointsToSet} from './points-schema.js'
import {readFields} from './read-fields.js'
import {requireScope} from './require-caller.js'
import {requirePlainBody} from './require-plain-body.js'

/** The points of viewers, for bots. They need no account: what the headers say of one is not looked at. */
export function addPointsRoutes(app: ApiApp, deps: ApiDeps): void {
  const reading = requireScope(deps, 'points:read')
  const writing = [requireScope(deps, 'points:write'), requirePlainBody] as const

  const change = (context: Context<ApiEnv>, user: string, step: PointsStep, options: ChangeOptions) => {
    const idempotencyKey = readIdempotencyKey(context.env.incoming.headersDistinct['idempotency-key'])
    return changePoints(deps, {
      user,
      by: context.get('caller').apiToken.id,
      change: step,
      ...(options.why !== undefined && {why: options.why}),
      ...(options.allow_negative === true && {allowNegative: true}),
      ...(idempotencyKey !== undefined && {idempotencyKey}),
    })
  }

  for (const route of changeRoutes) {
    app.openAPIRegistry.registerPath(route)
    app.put(route.path, ...writing, async (context) => {
      const {user, points, ...options} = await readGiven(context, pointsToAdd)
      const outcome = await change(context, user, {kind: 'add', points}, options)
      return context.json(envelope(describeAddition(sayUser(user), points), {user: balanceJson(outcome)}))
    })
  }

  app.openAPIRegistry.registerPath(setRoute)
  app.put(setRoute.getRoutingPath(), ...writing, async (context) => {
    const user = readUser(context)
    const {points, ...options} = await readGiven(context, pointsToSet)
    const outcome = await change(context, user, {kind: 'set', points}, options)
    return context.json(
      envelope(`Successfully set the points of ${sayUser(user)} to ${String(points)}`, {user: balanceJson(outcome)}),
    )
  })

  for (const route of topRoutes) {
    addRoute(app, {...route, middleware: reading}, async (context) => {
      const users = await topPoints(deps, {limit: context.req.valid('query').top})
      return context.json(envelope(`${String(users.length)} users`, {users: users.map(balanceJson)}))
    })
  }

  addRoute(app, {...showRoute, middleware: reading}, async (context) => {
    const balance = await showPoints(deps, {user: readUser(context)})
    return context.json(envelope(`${balance.user} has ${countOf(balance)}`, {user: balanceJson(balance)}))
  })

  addRoute(app, {...historyRoute, middleware: reading}, async (context) => {
    const {limit, before} = context.req.valid('query')
    const page = {user: readUser(context), limit, ...(before !== undefined && {before})}
    const {changes, next} = await pointsHistory(deps, page)
    const data = {changes: changes.map(changeJson), ...(next !== undefined && {next: String(next)})}
    return context.json(envelope(`${String(changes.length)} changes`, data))
  })
}

interface ChangeOptions {
  why?: string | undefined
  allow_negative?: boolean | undefined
}

/** To the letter (design 9): programs look for these words. */
const describeAddition = (user: string, points: number): string =>
  points < 0
    ? `Successfully removed ${String(-points)} points from ${user}`
    : `Successfully added ${String(points)} points to ${user}`

/** As the caller spells it. Bots say it in a chat, where a line break would begin a command of its own. */
const sayUser = (user: string): string => user.trim().replaceAll(/\s+/g, ' ')

/** What query and body say together. @throws BehalfError `invalid-input`; HTTPException 415. */
async function readGiven<S extends z.ZodType>({env, req}: Context<ApiEnv>, schema: S): Promise<z.output<S>> {
  const [, query = ''] = /\?(.*)$/s.exec(env.incoming.url ?? '') ?? []
  const fields = readFields({query, contentType: req.header('content-type'), body: await req.text()})
  const given = schema.safeParse(Object.fromEntries(fields))
  if (!given.success) throw describeProblem('request', given.error)
  return given.data
}

/**
 * The user that the path names, decoded once, by the rules of every path here.
 * @throws BehalfError `invalid-input`.
 */
function readUser({env}: Context<ApiEnv>): string {
  const [path = ''] = (env.incoming.url ?? '').split('?')
  const [, , , user] = decodePath(path.slice(1)) ?? []
  if (user !== undefined) return user
  throw new BehalfError(
    'invalid-input',
    'The path is not clear: there is something in it that must not be encoded there.',
    {
      hint: 'A name with a slash, a backslash or a percent sign goes in the body of PUT /api/v1/points/.',
    },
  )
}

const changeJson = ({sequence, at, change, points, why, by}: PointsRecord) => ({
  sequence: String(sequence),
  at: isoTime(at),
  change: String(change),
  points: String(points),
  ...(why !== undefined && {why}),
  ...(by !== undefined && {by}),
})

const countOf = ({points}: PointsBalance): string => `${String(points)} ${points === 1 ? 'point' : 'points'}`
