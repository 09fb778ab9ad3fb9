import {
  asBroadcasterFields,
  asUserFields,
  queryValues,
  requireChannel,
  requireValue,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

/** What a subscription counts towards the channel's points. */
const POINTS = {'1000': 1, '2000': 2, '3000': 6}

const NO_GIFTER = {gifter_id: '', gifter_login: '', gifter_name: '', is_gift: false}

function getSubscriptions(call: HelixCall): HelixReply {
  const {broadcaster, channel} = requireChannel(call)
  const wanted = queryValues(call, 'user_id')
  const all = [...channel.subscribers.values()]
  const listed = all
    .filter(({person}) => wanted.length === 0 || wanted.includes(person.id))
    .map(({person, tier}) => ({
      ...asBroadcasterFields(broadcaster),
      ...NO_GIFTER,
      plan_name: `Channel subscription (${broadcaster.login})`,
      tier,
      ...asUserFields(person),
    }))
  const points = all.reduce((sum, {tier}) => sum + POINTS[tier], 0)
  return {body: {...paginate(call, listed), total: all.length, points}}
}

function checkSubscription(call: HelixCall): HelixReply {
  const {broadcaster, channel} = requireChannel(call)
  const subscription = channel.subscribers.get(requireValue(call, 'user_id'))
  if (subscription === undefined) throw new HelixError(404, `The user is not subscribed to ${broadcaster.login}.`)
  return {body: {data: [{...asBroadcasterFields(broadcaster), ...NO_GIFTER, tier: subscription.tier}]}}
}

export const subscriptionHandlers: Record<string, HelixHandler> = {
  'GET /subscriptions': getSubscriptions,
  'GET /subscriptions/user': checkSubscription,
}
