import {html} from 'hono/html'

import {quoteWord} from '../../model/shell-words.js'
import type {Client, User} from '../records.js'
import {renderPage, type Html} from './layout.js'

/** How many accounts the login page offers as buttons. */
const OFFERED = 50

/** Log in as any account: a button for each, or its name typed in. */
export function renderLoginPage(users: User[], action: string, problem?: string): Html {
  return renderPage(
    'Log in',
    html`
      ${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
      <form method="post" action="${action}">
        <ul class="choices">
          ${users.slice(0, OFFERED).map(
            (user) =>
              html`<li>
                <button name="login" value="${user.login}">${user.displayName} <small>(${user.login})</small></button>
              </li>`,
          )}
        </ul>
      </form>
      <form method="post" action="${action}">
        <label for="login">Or type a login name</label>
        <div class="row">
          <input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required />
          <button class="main">Log in</button>
        </div>
      </form>
    `,
  )
}

export interface ConsentPage {
  client: Client
  user: User
  scopes: string[]
  /** Where the decision is posted. */
  action: string
  /** Where someone else can log in. */
  switchUrl: string
  userCode?: string
}

/** What the app asks for, with Authorize and Cancel. */
export function renderConsentPage({client, user, scopes, action, switchUrl, userCode}: ConsentPage): Html {
  return renderPage(
    `Authorize ${client.name}`,
    html`
      <p>You are logged in as <strong>${user.displayName}</strong>. <a href="${switchUrl}">Not you?</a></p>
      ${userCode === undefined ? '' : html`<p>Your device shows the code <strong>${userCode}</strong>.</p>`}
      <p><strong>${client.name}</strong> would like to:</p>
      <ul>
        ${
          scopes.length === 0
            ? html`<li>know who you are, and nothing more</li>`
            : scopes.map((scope) => html`<li><code>${scope}</code></li>`)
        }
      </ul>
      <form method="post" action="${action}" class="row">
        <button class="main" name="action" value="authorize">Authorize</button>
        <button name="action" value="cancel">Cancel</button>
      </form>
    `,
  )
}

/** Asks for the code that a device shows. */
export function renderCodePage(problem?: string): Html {
  return renderPage(
    'Connect a device',
    html`
      ${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
      <form method="get" action="/activate">
        <label for="device-code">The code on your device</label>
        <div class="row">
          <input id="device-code" name="device-code" autocomplete="off" autocapitalize="characters" required />
          <button class="main">Continue</button>
        </div>
      </form>
    `,
  )
}

/** The end of a device authorization. */
export const renderDeviceDonePage = (client: Client, approved: boolean): Html =>
  approved
    ? renderPage('Device connected', html`<p>You can go back to <strong>${client.name}</strong>.</p>`)
    : renderPage('Device not connected', html`<p><strong>${client.name}</strong> got no access.</p>`)

/** An app that asked for the browser at an address which is not registered for it. */
export const renderMismatchPage = ({
  asked,
  registered,
  onwards,
}: {
  asked: string | undefined
  registered: string
  /** Where Twitch would send the browser. */
  onwards: string
}): Html =>
  renderPage(
    'This redirect URI is not registered',
    html`
      <p role="alert">
        ${asked === undefined ? 'The app named no redirect URI.' : html`The app named <code>${asked}</code>.`}
        Registered is <code>${registered}</code>, and it has to be the same letter by letter.
      </p>
      ${
        asked === undefined
          ? ''
          : html`<p>Start the sandbox again so that it takes it:</p>
              <pre>behalf sandbox --callback-url ${quoteWord(asked)}</pre>`
      }
      <p>Or have the app name the registered one; behalf does with:</p>
      <pre>export BEHALF_CALLBACK_URL=${quoteWord(registered)}</pre>
      <p><a href="${onwards}">Go on</a> to the registered one with the error, as Twitch would at once.</p>
    `,
  )
