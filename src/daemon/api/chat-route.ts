import {createRoute} from '@hono/zod-openapi'

import {answerFailure} from './answer-failure.js'
import {addRoute, type ApiApp} from './api-app.js'
import {refusals} from './route-answers.js'

const chatRoute = createRoute({
  method: 'get',
  path: '/irc',
  summary: 'The IRC gateway, as a WebSocket',
  description:
    'Scope: `chat`. Speaks Twitch IRC in text frames: `PASS oauth:<API token>` and `NICK <account>`, then lines pass both ways. Clients that can be told of no path find it at `/` too. Asked for without a WebSocket it is answered with 426.',
  responses: {101: {description: 'The WebSocket is open'}, ...refusals([403, 426])},
})

/** What is said to who asks for the IRC gateway in HTTP; a WebSocket never comes as far as this. */
export function addChatRoute(app: ApiApp): void {
  addRoute(app, chatRoute, (context) => {
    context.header('Upgrade', 'websocket')
    context.header('Connection', 'Upgrade')
    return answerFailure(context, {
      status: 426,
      code: 'upgrade-required',
      message: 'Chat is a WebSocket here: open ws://…/irc.',
    })
  })
}
