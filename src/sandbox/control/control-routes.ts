import {Hono} from 'hono'
import {z} from 'zod'

import {endAuthorization, endTokens} from '../oauth/end-tokens.js'
import {approveDevice, findPendingDevice} from '../oauth/device-routes.js'
import type {SandboxContext, SandboxEnv} from '../parameters.js'
import type {DeviceCode, User} from '../records.js'
import {applySeed, SeedError, seedSchema} from '../seed.js'
import type {SandboxState} from '../state.js'
import {ControlError} from './control-error.js'
import {
  chatterSchema,
  clockSchema,
  deviceSchema,
  disconnectSchema,
  faultSchema,
  passwordSchema,
  rateLimitSchema,
  redeemSchema,
  settingsSchema,
  tokenTargetSchema,
} from './control-schemas.js'
import {describeConnections} from './describe-connections.js'
import {describeState} from './describe-state.js'
import {redeemReward} from './redeem-reward.js'
import {changeTokens} from './change-tokens.js'

/** `/_sandbox/…`: what makes the stand-in do what a test needs. Loopback only. */
export function createControlRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.use(async (c, next) => {
    refuseStrangers(c)
    await next()
  })
  app.onError((error, c) => {
    if (error instanceof ControlError) return c.json({status: error.status, message: error.message}, error.status)
    if (error instanceof SeedError) return c.json({status: 400, message: error.message}, 400)
    throw error
  })

  app.get('/state', (c) => c.json(describeState(state)))
  app.post('/seed', async (c) => {
    const {clients, users} = applySeed(state, await readBody(c, seedSchema))
    return c.json({clients, users})
  })
  app.post('/reset', (c) => {
    state.reset()
    return c.json(describeState(state))
  })
  app.post('/settings', async (c) => {
    const changes = await readBody(c, settingsSchema)
    if (changes.auto?.kind === 'approve') requireLogin(state, changes.auto.login)
    Object.assign(state.settings, changes)
    return c.json(state.settings)
  })
  app.post('/clock', async (c) => {
    state.clock.advance((await readBody(c, clockSchema)).advance * 1000)
    return c.json({now: new Date(state.clock.now()).toISOString(), aheadSeconds: state.clock.aheadMs / 1000})
  })
  app.post('/ratelimit', async (c) => {
    const {limit, remaining} = await readBody(c, rateLimitSchema)
    state.rateLimiter.reset(limit, remaining)
    return c.json({limit, remaining: remaining ?? limit})
  })

  app.post('/expire-token', async (c) =>
    c.json({expired: changeTokens(state, await readBody(c, tokenTargetSchema), 'expire')}),
  )
  app.post('/revoke-token', async (c) =>
    c.json({revoked: changeTokens(state, await readBody(c, tokenTargetSchema), 'revoke')}),
  )
  app.post('/disconnect', async (c) => {
    const {login, clientId} = await readBody(c, disconnectSchema)
    return c.json({ended: endAuthorization(state, {userId: requireLogin(state, login).id, clientId})})
  })
  app.post('/password', async (c) => {
    const {login} = await readBody(c, passwordSchema)
    return c.json({ended: endTokens(state, {userId: requireLogin(state, login).id})})
  })

  app.post('/faults', async (c) => {
    state.faults.add({body: undefined, ...(await readBody(c, faultSchema))})
    return c.json({faults: state.faults.list()})
  })
  app.delete('/faults', (c) => {
    state.faults.clear()
    return c.json({faults: []})
  })
  app.get('/calls', (c) => c.json({calls: state.calls.list(), dropped: state.calls.dropped}))
  app.delete('/calls', (c) => {
    state.calls.clear()
    return c.json({calls: [], dropped: 0})
  })

  app.post('/device/approve', async (c) => {
    const {user_code: userCode, login} = await readBody(c, deviceSchema)
    if (login === undefined) throw new ControlError(400, 'login: who approves?')
    approveDevice(state, requireDevice(state, userCode), requireLogin(state, login))
    return c.json({user_code: userCode, status: 'approved'})
  })
  app.post('/device/deny', async (c) => {
    const {user_code: userCode} = await readBody(c, deviceSchema)
    requireDevice(state, userCode).status = 'denied'
    return c.json({user_code: userCode, status: 'denied'})
  })
  app.get('/irc', (c) => c.json({connections: describeConnections(state)}))
  app.post('/irc/reconnect', async (c) => c.json({told: state.chat.sayReconnect(await readChatter(c, state))}))
  app.post('/irc/drop', async (c) => c.json({dropped: state.chat.cut(await readChatter(c, state))}))

  app.post('/redeem', async (c) => {
    const {login, reward_id: rewardId, user_input: userInput} = await readBody(c, redeemSchema)
    return c.json(redeemReward(state, requireLogin(state, login), rewardId, userInput))
  })

  app.all('/*', () => {
    throw new ControlError(404, 'no such control-plane call; GET /_sandbox/state lists them')
  })
  return app
}

/** A web page must not reach it: neither under another name that resolves to this machine, nor from its own origin. */
function refuseStrangers(c: SandboxContext): void {
  const host = c.req.header('host') ?? ''
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) {
    throw new ControlError(403, 'the control plane answers on loopback names only')
  }
  const origin = c.req.header('origin')
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase()) {
    throw new ControlError(403, 'the control plane does not answer other origins')
  }
}

async function readBody<T extends z.ZodType>(c: SandboxContext, schema: T): Promise<z.output<T>> {
  let json: unknown
  try {
    json = JSON.parse((await c.req.text()) || '{}')
  } catch (error) {
    if (error instanceof SyntaxError) throw new ControlError(400, 'the body is not JSON')
    throw error
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) throw new ControlError(400, z.prettifyError(parsed.error))
  return parsed.data
}

/** Whose connections; undefined: everyone's. */
async function readChatter(c: SandboxContext, state: SandboxState): Promise<string | undefined> {
  const {login} = await readBody(c, chatterSchema)
  return login === undefined ? undefined : requireLogin(state, login).id
}

function requireLogin(state: SandboxState, login: string): User {
  const user = state.findUserByLogin(login)
  if (user === undefined) throw new ControlError(404, `there is no user ${login}`)
  return user
}

function requireDevice(state: SandboxState, userCode: string): DeviceCode {
  const device = findPendingDevice(state, userCode)
  if (device === undefined) throw new ControlError(404, 'no device waits with this user_code')
  return device
}
