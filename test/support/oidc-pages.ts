import type {IncomingMessage, ServerResponse} from 'node:http'
import {text} from 'node:stream/consumers'

import type {Interaction, Provider} from 'oidc-provider'

/** The user id of a login name at the test server: something else than the name, as it is in life. */
const subjectOf = (login: string): string => `sub-${login.toLowerCase()}`

export const loginOf = (subject: string): string => subject.replace(/^sub-/, '')

/**
 * `/interaction/UID`: one page to say who one is and to allow or deny, with the inputs `login`
 * and `action` (`allow` or `deny`). Whoever is signed in already is offered, and can still be someone else.
 */
export async function answerInteraction(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('cache-control', 'no-store')
    response.end(renderPage(interaction))
    return
  }
  const form = new URLSearchParams(await text(request))
  const result =
    form.get('action') === 'allow'
      ? await allow(provider, interaction, form.get('login') ?? '')
      : {error: 'access_denied', error_description: 'The person declined'}
  await provider.interactionFinished(request, response, result, {mergeWithLastSubmission: false})
}

async function allow(provider: Provider, {params}: Interaction, login: string): Promise<object> {
  const accountId = subjectOf(login)
  const grant = new provider.Grant({accountId, clientId: params.client_id})
  grant.addOIDCScope(params.scope ?? 'openid')
  return {login: {accountId}, consent: {grantId: await grant.save()}}
}

/** The device flow's own pages, before and after the one above. Each form is oidc-provider's. */
export const devicePages = {
  userCodeInputSource(context: {body: string}, form: string, _out: unknown, error?: Error) {
    const message = error === undefined ? 'Enter the code that the device shows.' : 'That did not work.'
    context.body = layOut('Connect a device', `<p>${message}</p>${form}<button form="op.deviceInputForm">Next</button>`)
  },
  userCodeConfirmSource(context: {body: string}, form: string, _client: unknown, _device: unknown, userCode: string) {
    const question = `<p>Does the device show ${escapeHtml(userCode)}?</p>`
    context.body = layOut('Connect a device', `${question}${form}<button form="op.deviceConfirmForm">Yes</button>`)
  },
  successSource(context: {body: string}) {
    context.body = layOut('Connected', '<p>The device is connected.</p>')
  },
}

function renderPage({params, session}: Interaction): string {
  const known = session?.accountId === undefined ? '' : loginOf(session.accountId)
  return layOut(
    `Sign in for ${params.client_id}`,
    `<p>It wants: ${escapeHtml(params.scope ?? '')}</p>
    <form method="post">
      <label>Login <input name="login" value="${escapeHtml(known)}" autocomplete="off"></label>
      <button name="action" value="allow">Allow</button>
      <button name="action" value="deny">Deny</button>
    </form>`,
  )
}

const layOut = (title: string, body: string): string => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
  <body>
    <h1>${escapeHtml(title)}</h1>
    ${body}
  </body>
</html>`

const escapeHtml = (value: string): string => value.replace(/[&<>"]/g, (char) => `&#${String(char.charCodeAt(0))};`)
