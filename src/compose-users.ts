import type {BrokerDeps} from './broker/broker-deps.js'
import type {Removal} from './broker/accounts.js'
import type {LoginResult} from './broker/complete-login.js'
import type {LinkInput} from './broker/link-credential.js'
import type {KeptCode} from './broker/one-time-code.js'
import type {LinkPlan, LinkWish} from './broker/plan-link.js'
import type {SubjectInput, UserView} from './broker/users.js'
import type {Secret} from './model/secret.js'

export type {LinkInput, LinkPlan, KeptCode, SubjectInput, UserView}

/** What is done for chat users, who bring their own credentials. */
export interface UserActions {
  /** How a subject's account is linked, before anyone is asked for anything. */
  planLink(wish: LinkWish): Promise<LinkPlan>
  linkCredential(input: LinkInput): Promise<LoginResult>
  listUsers(): Promise<UserView[]>
  showUser(subject: string): Promise<UserView>
  /** Keeps a one-time code for the next call as this user. */
  keepOneTimeCode(input: SubjectInput & {code: Secret}): Promise<KeptCode>
  unlinkUser(input: SubjectInput & {keepGrant: boolean}): Promise<Removal>
}

/** Loaded when it is first used. */
export function bindUserActions(deps: BrokerDeps): UserActions {
  const loadUsers = async () => import('./broker/users.js')
  return {
    planLink: async (wish) => (await import('./broker/plan-link.js')).planLink(deps, wish),
    linkCredential: async (input) => (await import('./broker/link-credential.js')).linkCredential(deps, input),
    listUsers: async () => (await loadUsers()).listUsers(deps),
    showUser: async (subject) => (await loadUsers()).showUser(deps, subject),
    keepOneTimeCode: async (input) => (await import('./broker/one-time-code.js')).keepOneTimeCode(deps, input),
    unlinkUser: async (input) => (await loadUsers()).unlinkSubject(deps, input),
  }
}
