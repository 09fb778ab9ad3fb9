import {JENKINS} from './jenkins-api.js'
import type {Command, Turn} from './service.js'

const explainSetAuth = ({botName}: Turn): string =>
  `Send me, in a private message: ${botName} jenkins set auth USER:APITOKEN (Jenkins makes API tokens on your own page there, under Security).`

export const setAuth: Command = {
  usage: 'jenkins set auth <user:apitoken>',
  summary: 'keeps your Jenkins credentials; in a private message only',
  pattern: /j(?:enkins)?\s+set\s+auth(?:\s+(.*\S))?\s*$/i,
  async answer(turn, [text = '']) {
    const [, username, password] = /^([^\s:]+):(\S+)$/.exec(text) ?? []
    if (!turn.isPrivate) return [text === '' ? explainSetAuth(turn) : refuseInPublic(turn)]
    if (username === undefined || password === undefined) return [explainSetAuth(turn)]
    const {behalf, subject, userId} = turn
    const credential = {kind: 'basic', username, password} as const
    const {login} = await behalf.linkCredential({provider: JENKINS, subject, credential})
    turn.remember(JENKINS, login)
    return [`Saved jenkins credentials for ${userId}`]
  },
}

const refuseInPublic = (turn: Turn): string =>
  `Others can read this, so I did not keep it. Revoke that API token in Jenkins now and make another. ${explainSetAuth(turn)}`

export const showAuth: Command = {
  usage: 'jenkins auth',
  summary: 'says whether I have Jenkins credentials of yours',
  pattern: /j(?:enkins)?\s+auth\s*$/i,
  async answer(turn) {
    const account = await turn.behalf.getAccount({provider: JENKINS, subject: turn.subject})
    if (account === undefined) return [inviteToJenkins(turn)]
    if (account.state === 'login-needed') return [dismissFromJenkins(turn)]
    return [`I have your Jenkins credentials: you are ${account.login} there.`]
  },
}

export const clearAuth: Command = {
  usage: 'jenkins auth clear',
  summary: 'has me forget your Jenkins credentials',
  pattern: /j(?:enkins)?\s+auth\s+clear\s*$/i,
  async answer(turn) {
    await turn.behalf.unlink({provider: JENKINS, subject: turn.subject, keepGrant: true})
    turn.remember(JENKINS)
    return ['Cleared your jenkins credentials']
  },
}

export const inviteToJenkins = (turn: Turn): string => `I have no Jenkins credentials of yours. ${explainSetAuth(turn)}`

export const dismissFromJenkins = (turn: Turn): string =>
  `Jenkins no longer takes your credentials. ${explainSetAuth(turn)}`
