import {JENKINS} from './jenkins-api.js'
import {clearAuth, dismissFromJenkins, inviteToJenkins, setAuth, showAuth} from './jenkins-credentials.js'
import {buildJob, describeJob, listFolder, listJobs, showLastBuild} from './jenkins-jobs.js'
import type {Service} from './service.js'

export const createJenkins = (): Service => ({
  provider: JENKINS,
  title: 'Jenkins',
  clearing: 'jenkins auth clear',
  invite: inviteToJenkins,
  renew: (turn) => Promise.resolve([dismissFromJenkins(turn)]),
  commands: [setAuth, showAuth, clearAuth, listJobs, listFolder, buildJob, describeJob, showLastBuild],
})
