import {Hono} from 'hono'

import {SECOND_MS} from '../../model/time.js'
import {renderCodePage, renderConsentPage, renderDeviceDonePage} from '../pages/authorization-pages.js'
import {getParameter, readParameters, type SandboxEnv} from '../parameters.js'
import {randomDeviceCode, randomUserCode} from '../random-text.js'
import {knownScopes, parseScopes} from '../scopes.js'
import type {DeviceCode, User} from '../records.js'
import type {SandboxState} from '../state.js'
import {requireClient} from './grant-request.js'
import {IdentityError} from './identity-error.js'
import {recordGrant} from './issue-tokens.js'
import {findSessionUser, loginUrl} from './session.js'

/** `POST /oauth2/device`, the first step of the device flow (facts 2.7). No secret, for either kind of client. */
export function createDeviceRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.post('/', async (c) => {
    const {all} = await readParameters(c)
    const client = requireClient(state, getParameter(all, 'client_id'))
    c.set('clientId', client.id)
    const scopes = parseScopes(getParameter(all, 'scopes') ?? getParameter(all, 'scope'))
    const unknown = scopes.find((scope) => !knownScopes().has(scope))
    if (unknown !== undefined) throw new IdentityError(400, `invalid scope requested: '${unknown}'`)
    const {deviceSeconds, deviceIntervalSeconds} = state.settings
    const device: DeviceCode = {
      deviceCode: randomDeviceCode(),
      userCode: randomUserCode(),
      clientId: client.id,
      scopes,
      status: 'pending',
      expiresAt: state.clock.now() + deviceSeconds * SECOND_MS,
    }
    state.deviceCodes.set(device.deviceCode, device)
    return c.json({
      device_code: device.deviceCode,
      expires_in: deviceSeconds,
      interval: deviceIntervalSeconds,
      user_code: device.userCode,
      verification_uri: `${state.origin}/activate?public=true&device-code=${device.userCode}`,
    })
  })

  return app
}

/** `/activate`: where the user confirms what a device asks for. */
export function createActivateRoutes(state: SandboxState): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>()

  app.get('/', async (c) => {
    const {query} = await readParameters(c)
    const userCode = getParameter(query, 'device-code')
    if (userCode === undefined) return c.html(renderCodePage())
    const device = findPendingDevice(state, userCode)
    const client = state.clients.get(device?.clientId ?? '')
    if (device === undefined || client === undefined)
      return c.html(renderCodePage('This code is not valid, or no longer.'), 404)
    const path = activatePath(device)
    const user = findSessionUser(state, c)
    if (user === undefined) return c.redirect(loginUrl(path), 302)
    const {scopes} = device
    return c.html(
      renderConsentPage({client, user, scopes, action: path, switchUrl: loginUrl(path), userCode: device.userCode}),
    )
  })

  app.post('/', async (c) => {
    const {query, form} = await readParameters(c)
    const device = findPendingDevice(state, getParameter(query, 'device-code') ?? '')
    const client = state.clients.get(device?.clientId ?? '')
    if (device === undefined || client === undefined)
      return c.html(renderCodePage('This code is not valid, or no longer.'), 404)
    const user = findSessionUser(state, c)
    if (user === undefined) return c.redirect(loginUrl(activatePath(device)), 303)
    const approved = getParameter(form, 'action') === 'authorize'
    if (approved) approveDevice(state, device, user)
    else device.status = 'denied'
    return c.html(renderDeviceDonePage(client, approved))
  })

  return app
}

const activatePath = (device: DeviceCode): string =>
  `/activate?${new URLSearchParams({'device-code': device.userCode}).toString()}`

/** The device that shows this code and still waits. */
export function findPendingDevice(state: SandboxState, userCode: string): DeviceCode | undefined {
  const wanted = userCode.trim()
  return [...state.deviceCodes.values()].find(
    (device) => device.userCode === wanted && device.status === 'pending' && device.expiresAt > state.clock.now(),
  )
}

export function approveDevice(state: SandboxState, device: DeviceCode, user: User): void {
  device.status = 'approved'
  device.userId = user.id
  recordGrant(state, device.clientId, user.id, device.scopes)
}
