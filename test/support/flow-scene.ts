import assert from 'node:assert/strict'

import type {ApiDeps} from '../../src/daemon/api/api-app.js'
import type {Flow} from '../../src/model/flow.js'
import {startApi, type ApiScene} from './api-scene.js'
import type {FlowBrowser, FlowPageView} from './flow-browser.js'
import {makeSandboxScene, type SandboxScene} from './sandbox-scene.js'

/** The API and the pages of flows before the sandbox, over sockets. */
export interface FlowScene extends SandboxScene {
  readonly api: ApiScene
  readonly callbackUrl: string
  /** An API token that may start flows for everyone at `slack:`. */
  readonly token: string
  /** Starts a flow over HTTP. */
  start(body: object, token?: string): Promise<{flow_id: string; authorization_url: string}>
  /** What a flow's starter is told. */
  read(flowId: string, token?: string): Promise<Record<string, unknown>>
  /** Somebody authorizes at the provider. @returns where the provider sends the browser. */
  authorize(providerUrl: string, login: string): Promise<string>
  /** A person opens the link, presses the button and authorizes. @returns where the provider sends the browser. */
  visit(browser: FlowBrowser, authorizationUrl: string, login: string): Promise<string>
  /** The same, and comes back. */
  connect(browser: FlowBrowser, authorizationUrl: string, login: string): Promise<FlowPageView>
  /** Keys of all accounts. */
  keys(): Promise<string[]>
  flow(id: string): Promise<Flow>
}

/** @param settings How the daemon is told to serve; `hasDoor`: behind its door. */
export async function makeFlowScene({
  hasDoor = false,
  ...settings
}: Partial<ApiDeps['settings']> & {hasDoor?: boolean} = {}): Promise<FlowScene> {
  const scene = await makeSandboxScene()
  const api = await startApi(scene.deps, {settings, hasDoor})
  const callbackUrl = `${api.origin}/callback`
  await scene.store.providers.put({...scene.provider, callbackUrl})
  scene.sandbox.confidentialClient.redirectUris.push(callbackUrl)
  const token = await api.issue(['flow:start'], {as: ['subject:slack:*']})

  async function call(method: string, target: string, by: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await api.call(method, target, {token: by, ...(body && {body})})
    assert.equal(answer.status, 200, answer.text)
    return answer.json as Record<string, unknown>
  }
  async function authorize(providerUrl: string, login: string): Promise<string> {
    scene.sandbox.state.settings.auto = {kind: 'approve', login}
    const response = await fetch(providerUrl, {redirect: 'manual'})
    return response.headers.get('location') ?? assert.fail(await response.text())
  }
  async function visit(browser: FlowBrowser, authorizationUrl: string, login: string): Promise<string> {
    const left = await browser.submit(await browser.open(authorizationUrl))
    assert.equal(left.status, 303, left.html)
    return authorize(left.headers.get('location') ?? '', login)
  }
  return {
    ...scene,
    api,
    callbackUrl,
    token,
    start: async (body, by = token) =>
      (await call('POST', '/api/v1/oauth/login', by, {provider: 'twitch', ...body})) as never,
    read: (flowId, by = token) => call('GET', `/api/v1/flows/${flowId}`, by),
    authorize,
    visit,
    connect: async (browser, authorizationUrl, login) => browser.open(await visit(browser, authorizationUrl, login)),
    keys: async () => (await scene.store.accounts.list()).map(({key}) => key),
    async flow(id) {
      return (await scene.store.flows.get(id)) ?? assert.fail('there is no such flow')
    },
    async dispose() {
      await api.stop()
      await scene.dispose()
    },
  }
}
