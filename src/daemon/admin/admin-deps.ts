import type {ApiDeps} from '../api/api-app.js'
import type {FlowPages} from '../flows/flow-pages.js'

/**
 * What the admin page is handed: what the API is, and the pages at which logins end. Its `store` is the store as it is: no
 * page is made of what was read before it could not be reached.
 */
export interface AdminDeps extends Omit<ApiDeps, 'storeAsItIs'> {
  flowPages: FlowPages
}
