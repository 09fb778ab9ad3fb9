import type {HelixEndpoint} from '../../model/helix-endpoint.js'
import {channelHandlers} from './channels.js'
import {chatHandlers} from './chat.js'
import {eventsubHandlers} from './eventsub.js'
import {gameHandlers} from './games.js'
import type {HelixHandler} from './helix-call.js'
import {answerPlausibly, moreHandlers} from './more-endpoints.js'
import {moderationHandlers} from './moderation.js'
import {pollHandlers} from './polls.js'
import {predictionHandlers} from './predictions.js'
import {rewardHandlers} from './rewards.js'
import {streamHandlers} from './streams.js'
import {subscriptionHandlers} from './subscriptions.js'
import {userHandlers} from './users.js'

/** The endpoints that really do something, by method and path. */
const HANDLERS: ReadonlyMap<string, HelixHandler> = new Map(
  Object.entries({
    ...channelHandlers,
    ...chatHandlers,
    ...eventsubHandlers,
    ...gameHandlers,
    ...moderationHandlers,
    ...moreHandlers,
    ...pollHandlers,
    ...predictionHandlers,
    ...rewardHandlers,
    ...streamHandlers,
    ...subscriptionHandlers,
    ...userHandlers,
  }),
)

/** What an endpoint does; most of the catalogue just succeeds. */
export const findHandler = (endpoint: HelixEndpoint): HelixHandler =>
  HANDLERS.get(`${endpoint.method} ${endpoint.path}`) ?? answerPlausibly
