import type {HelixEndpoint} from '../../helix/catalogue.js'
import type {HelixHandler} from './helix-call.js'
import {userHandlers} from './users.js'

/** The endpoints that really do something, by method and path. */
const HANDLERS: ReadonlyMap<string, HelixHandler> = new Map(Object.entries({...userHandlers}))

/** Every other endpoint of the catalogue answers a success with nothing in it. */
const answerNothing: HelixHandler = ({endpoint}) => (endpoint.success === 204 ? {} : {body: {data: []}})

export const findHandler = (endpoint: HelixEndpoint): HelixHandler =>
  HANDLERS.get(`${endpoint.method} ${endpoint.path}`) ?? answerNothing
