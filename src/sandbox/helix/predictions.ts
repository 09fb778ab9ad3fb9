import {randomUUID} from 'node:crypto'

import {z} from 'zod'

import {formatTime} from '../sandbox-clock.js'
import type {Prediction} from './channel-events.js'
import {
  asBroadcasterFields,
  parseBody,
  queryValues,
  requireChannel,
  type HelixCall,
  type HelixHandler,
  type HelixReply,
} from './helix-call.js'
import {HelixError} from './helix-error.js'
import {paginate} from './paginate.js'

/** The newest first. Those whose window is over are locked when looked at. */
function listPredictions(call: HelixCall, broadcasterId: string): Prediction[] {
  const {predictions} = call.state.channels.of(broadcasterId)
  const now = call.state.clock.now()
  for (const prediction of predictions) {
    const locksAt = Date.parse(prediction.created_at) + prediction.prediction_window * 1000
    if (prediction.status === 'ACTIVE' && locksAt <= now) {
      Object.assign(prediction, {status: 'LOCKED', locked_at: formatTime(locksAt)})
    }
  }
  return predictions
}

function getPredictions(call: HelixCall): HelixReply {
  const {broadcaster} = requireChannel(call)
  const wanted = queryValues(call, 'id')
  const all = listPredictions(call, broadcaster.id)
  return {
    body: paginate(
      call,
      all.filter((prediction) => wanted.length === 0 || wanted.includes(prediction.id)),
    ),
  }
}

const predictionBody = z.object({
  broadcaster_id: z.string(),
  title: z.string().min(1).max(45),
  outcomes: z
    .array(z.object({title: z.string().min(1).max(25)}))
    .min(2)
    .max(10),
  prediction_window: z.number().int().min(30).max(1800),
})

function createPrediction(call: HelixCall): HelixReply {
  const input = parseBody(call, predictionBody)
  const broadcaster = call.state.users.get(input.broadcaster_id)
  if (broadcaster === undefined) throw new HelixError(400, 'The ID in broadcaster_id is not a user.')
  const predictions = listPredictions(call, broadcaster.id)
  if (predictions.some(isOpen)) throw new HelixError(400, 'A prediction is active in this channel already.')
  const prediction: Prediction = {
    id: randomUUID(),
    ...asBroadcasterFields(broadcaster),
    title: input.title,
    winning_outcome_id: null,
    outcomes: input.outcomes.map(({title}, index) => ({
      id: randomUUID(),
      title,
      users: 0,
      channel_points: 0,
      top_predictors: null,
      color: index === 0 ? 'BLUE' : 'PINK',
    })),
    prediction_window: input.prediction_window,
    status: 'ACTIVE',
    created_at: call.state.clock.nowText(),
    ended_at: null,
    locked_at: null,
  }
  predictions.unshift(prediction)
  return {body: {data: [prediction]}}
}

const isOpen = ({status}: Prediction): boolean => status === 'ACTIVE' || status === 'LOCKED'

const predictionEnd = z.object({
  broadcaster_id: z.string(),
  id: z.string(),
  status: z.enum(['RESOLVED', 'CANCELED', 'LOCKED']),
  winning_outcome_id: z.string().optional(),
})

function endPrediction(call: HelixCall): HelixReply {
  const {broadcaster_id: broadcasterId, id, status, winning_outcome_id: winner} = parseBody(call, predictionEnd)
  const prediction = listPredictions(call, broadcasterId).find((candidate) => candidate.id === id)
  if (prediction === undefined) throw new HelixError(404, 'No prediction has the ID in id.')
  if (!isOpen(prediction) || (status === 'LOCKED' && prediction.status === 'LOCKED')) {
    throw new HelixError(400, `The prediction is ${prediction.status} already.`)
  }
  if (status === 'RESOLVED' && !prediction.outcomes.some((outcome) => outcome.id === winner)) {
    throw new HelixError(400, 'The parameter "winning_outcome_id" must name one of the outcomes.')
  }
  const now = call.state.clock.nowText()
  prediction.status = status
  prediction.locked_at ??= now
  if (status !== 'LOCKED') prediction.ended_at = now
  if (status === 'RESOLVED') prediction.winning_outcome_id = winner ?? null
  return {body: {data: [prediction]}}
}

export const predictionHandlers: Record<string, HelixHandler> = {
  'GET /predictions': getPredictions,
  'POST /predictions': createPrediction,
  'PATCH /predictions': endPrediction,
}
