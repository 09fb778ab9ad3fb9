import type {ChalkInstance} from 'chalk'

import type {LoginResult, PendingLogin} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import type {EpochMs} from '../model/time.js'
import {formatDuration} from '../model/format-duration.js'
import {failurePage, successPage} from '../model/login-pages.js'
import {listenForCallback, type LoopbackListener} from './loopback-listener.js'
import {stripControls} from './output.js'
import {askForCallback, askForPin} from './pasted-callback.js'
import {spinWhile} from './spinner.js'
import type {Surroundings} from './surroundings.js'

export interface LoginWait {
  surroundings: Surroundings
  say(text: string): void
  /** Aborts when the command is to stop. */
  signal: AbortSignal
  timeoutMs: number
  /** What was asked for; a provider without that way chooses its own. */
  method: 'browser' | 'device' | 'paste'
  openBrowser: boolean
  /** Whether a daemon of the same store takes what comes to this address. */
  hasDaemonAt(redirectUri: string): Promise<boolean>
  /** The command to type again, for messages. */
  command: string
  /** What someone at a terminal should know before going to the provider's page. */
  advice?: string
  /** For what goes to a terminal. */
  colours: ChalkInstance
}

/** A wait whose end is known. */
type LimitedWait = LoginWait & {until: EpochMs}

type Redirect = Extract<PendingLogin, {kind: 'redirect'}>
type Device = Extract<PendingLogin, {kind: 'device'}>

/**
 * Brings a person and a pending login together.
 * @throws BehalfError `login-failed` when nobody came in time, `interrupted`, and what `finish` throws.
 */
export async function completeLogin(pending: PendingLogin, wait: LoginWait): Promise<LoginResult> {
  const leftMs = pending.expiresAt - wait.surroundings.now()
  const timeoutMs = Math.max(0, Math.min(wait.timeoutMs, leftMs))
  const deadline = AbortSignal.timeout(timeoutMs)
  const until = wait.surroundings.now() + timeoutMs
  const limited = {...wait, until, signal: AbortSignal.any([wait.signal, deadline])}
  if (wait.advice !== undefined && wait.surroundings.interactive) wait.say(wait.advice)
  try {
    if (pending.kind === 'device') return await completeByDevice(pending, limited)
    return await (wait.method === 'paste' ? completeByPaste : completeByBrowser)(pending, limited)
  } catch (error) {
    // Where that fails the flow expires by itself.
    if (pending.kind === 'redirect') await pending.abandon().catch(() => undefined)
    // Ctrl-C at a prompt is no signal: only what the deadline itself ended has taken too long.
    const isCutShort = error === deadline.reason || (error instanceof BehalfError && error.code === 'interrupted')
    if (!deadline.aborted || !isCutShort || wait.signal.aborted) throw error
    throw new BehalfError('login-failed', `Nobody finished the login within ${formatDuration(timeoutMs)}.`, {
      hint: wait.command,
      cause: error,
    })
  }
}

async function completeByBrowser(pending: Redirect, wait: LimitedWait): Promise<LoginResult> {
  const listener = await listenUnlessDaemon(pending.redirectUri, wait)
  if (listener === undefined) return completeThroughDaemon(pending, wait)
  try {
    await showAddress(pending.authorizationUrl, wait)
    const waiting = `Waiting for you at ${pending.provider} …`
    const callback = await spinWhile(
      wait.surroundings,
      waiting,
      () => listener.waitForCallback(wait.signal),
      wait.until,
    )
    try {
      const result = await pending.finish(callback.query)
      await callback.answer(successPage(result.account))
      return result
    } catch (error) {
      await callback.answer(failurePage(error, wait.command))
      throw error
    }
  } finally {
    await listener.close()
  }
}

/** @returns undefined when the daemon is there already and takes the callback. */
async function listenUnlessDaemon(redirectUri: string, wait: LoginWait): Promise<LoopbackListener | undefined> {
  try {
    return await listenForCallback(redirectUri)
  } catch (error) {
    const isTaken = error instanceof BehalfError && error.code === 'callback-port-taken'
    if (isTaken && (await wait.hasDaemonAt(redirectUri))) return undefined
    throw error
  }
}

async function completeThroughDaemon(pending: Redirect, wait: LimitedWait): Promise<LoginResult> {
  await showAddress(pending.authorizationUrl, wait)
  const waiting = `Waiting for you at ${pending.provider} …`
  return spinWhile(wait.surroundings, waiting, () => pending.awaitEnd(wait.signal), wait.until)
}

async function completeByPaste(pending: Redirect, wait: LoginWait): Promise<LoginResult> {
  wait.say(`Open this address in any browser and log in at ${pending.provider}:`)
  wait.say(pending.authorizationUrl)
  if (pending.pin) return pending.finish(new URLSearchParams({oauth_verifier: await askForPin(wait)}))
  wait.say(`It ends at an address that begins with ${pending.redirectUri} – an error page there is fine.`)
  const callback = await askForCallback(wait)
  return pending.finish(callback)
}

async function completeByDevice(pending: Device, wait: LimitedWait): Promise<LoginResult> {
  const {provider, userCode} = pending
  const {interactive, stderr} = wait.surroundings
  const address = pending.verificationUriComplete ?? pending.verificationUri
  // Who asked for a code means to enter it elsewhere.
  const openBrowser = wait.openBrowser && wait.method !== 'device'
  if (!interactive) wait.say(`Open this address on any device, log in at ${provider} and enter the code ${userCode}:`)
  else if (openBrowser) wait.say(`Log in at ${provider}, and check or enter the code below.`)
  else wait.say(`Open this address anywhere, log in at ${provider}, and check or enter the code:`)
  await showAddress(address, {...wait, method: 'device', openBrowser})
  if (interactive) stderr.write(drawCode(stripControls(userCode), wait.colours))
  const waiting = `Waiting for you at ${provider} …`
  return spinWhile(wait.surroundings, waiting, () => pending.finish(wait.signal), wait.until)
}

/** Large enough to be read across a desk, and in one piece, so that a double click copies it. */
function drawCode(code: string, {bold}: ChalkInstance): string {
  const line = '─'.repeat(code.length + 6)
  return `\n  ┌${line}┐\n  │   ${bold(code)}   │\n  └${line}┘\n\n`
}

/** The address stands alone on its line: programs read it there, and terminals make it a link. */
async function showAddress(url: string, wait: LoginWait): Promise<void> {
  const {surroundings, openBrowser} = wait
  if (!surroundings.interactive || !openBrowser) {
    wait.say(url)
    return
  }
  try {
    await surroundings.openBrowser(url)
    wait.say('Your browser opens. If it does not, open this address:')
  } catch {
    const elsewhere = wait.method === 'browser' ? ' With one on another machine, add --device or --paste.' : ''
    wait.say(`No browser can be opened here.${elsewhere}`)
    wait.say('Open this address in any browser:')
  }
  wait.say(url)
}
