import {BehalfError} from '../../model/behalf-error.js'
import {ServiceRefusal, type Service, type Turn} from './service.js'

/**
 * What a person is told when their command came to nothing. Hints of errors are commands of a shell: they are not for
 * people in a chat.
 * @returns undefined for a fault of ours, which is the log's.
 */
export async function explainFailure(error: unknown, service: Service, turn: Turn): Promise<string[] | undefined> {
  if (error instanceof ServiceRefusal) {
    return error.status === 401 ? service.renew(turn) : [`${service.title} says: ${error.message}`]
  }
  if (!(error instanceof BehalfError)) return undefined
  switch (error.code) {
    case 'account-not-found':
      return [service.invite(turn)]
    case 'login-needed':
      return service.renew(turn)
    case 'provider-not-found':
    case 'configuration':
    case 'provider-misconfigured':
      return [`I am not set up for ${service.title}. My log says why.`]
    case 'lock-timeout':
    case 'store-damaged':
    case 'store-foreign':
    case 'store-full':
    case 'store-locked':
    case 'store-moved':
    case 'store-newer':
    case 'store-read-only':
    case 'store-unavailable':
    case 'wrong-secret':
      // Their messages name machines, files and addresses, and many read what is said in a chat.
      return ['I cannot get at what I keep just now. My log says why.']
    case 'wrong-person':
      return [`${error.message} To change that, say first: ${turn.botName} ${service.clearing}`]
    case 'internal':
      return undefined
    default:
      return [error.message]
  }
}
