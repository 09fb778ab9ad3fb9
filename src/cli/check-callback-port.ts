import type {Diagnosis} from '../compose.js'
import {BehalfError} from '../model/behalf-error.js'
import type {HealthCheck} from '../model/health-check.js'
import {findPortHolder} from './find-port-holder.js'
import {listenForCallback} from './loopback-listener.js'

type Callback = Diagnosis['callbacks'][number]

/** Whether a login could wait at this redirect URI: on 127.0.0.1 and on ::1, as it would; or the daemon does. */
export async function checkCallbackPort({url: redirectUri, daemonPid}: Callback): Promise<HealthCheck> {
  const name = 'callback-port'
  if (daemonPid !== undefined) {
    const message = `The daemon, process ${String(daemonPid)}, takes what comes to ${redirectUri}.`
    return {name, status: 'ok', message}
  }
  try {
    const listener = await listenForCallback(redirectUri)
    await listener.close()
    return {name, status: 'ok', message: `A login can wait at ${redirectUri}.`}
  } catch (error) {
    if (!(error instanceof BehalfError)) throw error
    const {code, message, hint = ''} = error
    // Meant for another machine, perhaps: logging in there is done with --paste.
    if (code !== 'callback-port-taken') return {name, status: 'warning', message, hint}
    const holder = await findPortHolder(Number(new URL(redirectUri).port || 80))
    if (holder === undefined) return {name, status: 'problem', code, message, hint}
    // No command that ends it: it may be anyone's work.
    const named = `${message} It is ${holder.program}, process ${String(holder.pid)}.`
    return {name, status: 'problem', code, message: named, hint}
  }
}
