import {html} from 'hono/html'

import type {SandboxState} from '../state.js'
import {renderPage, type Html} from './layout.js'

/** What this server is, for whoever opens it in a browser. */
export const renderWelcomePage = (state: SandboxState): Html =>
  renderPage(
    'A stand-in for Twitch',
    html`
      <p>Programs that speak to Twitch can be pointed here while they are developed and tested.</p>
      <ul>
        <li>
          <code>${state.origin}/oauth2</code>: identity (authorize, token, device, validate, revoke, OpenID Connect)
        </li>
        <li><code>${state.origin}/helix</code>: the API</li>
        <li>
          <code>${state.origin}/mock</code>, <code>/auth</code> and <code>/units</code>: the same under the paths of
          twitch-cli’s mock API, for programs that know its port alone (<code>TWURPLE_MOCK_API_PORT</code>)
        </li>
        <li><code>${state.origin}/activate</code>: <a href="/activate">connect a device</a></li>
        <li>
          <code>${state.origin}/_sandbox/</code>: <a href="/_sandbox/state">the control plane</a>, to seed accounts,
          move the clock, and make things fail
        </li>
      </ul>
    `,
  )
