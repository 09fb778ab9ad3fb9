import type {Sandbox} from './start-sandbox.js'

/** How to use a sandbox that runs. Shows the client secret: it is made up, new with every start, and needed. */
export function describeSandbox(sandbox: Sandbox): string {
  const {url, ircPort, ircTlsPort, state, confidentialClient, publicClient} = sandbox
  const users = [...state.users.values()].slice(0, 10)
  const width = Math.max(...users.map((user) => user.login.length))
  return [
    `A stand-in for Twitch listens on ${url}`,
    '',
    'Make it the provider of behalf:',
    '',
    `  printf %s '${confidentialClient.secret ?? ''}' | \\`,
    `    behalf provider add twitch --preset twitch --identity-url ${url}/oauth2 \\`,
    `      --api-url ${url}/helix --client-id ${confidentialClient.id} --client-secret-file -`,
    '',
    'or, as an app without a secret (device flow):',
    '',
    `  behalf provider add twitch --preset twitch --identity-url ${url}/oauth2 \\`,
    `    --api-url ${url}/helix --client-id ${publicClient.id}`,
    '',
    `Registered callback: ${confidentialClient.redirectUris.join(', ')}`,
    '(for another, such as that in BEHALF_CALLBACK_URL: behalf sandbox --callback-url URL)',
    '',
    'Accounts to log in as, without a password:',
    '',
    ...users.map((user) => `  ${user.login.padEnd(width)}  id ${user.id}`),
    '',
    'Chat, with a token that has chat:read and chat:edit (PASS oauth:TOKEN, NICK LOGIN, JOIN #streamer_sam):',
    '',
    ...(ircPort === undefined ? [] : [`  irc://localhost:${String(ircPort)}`]),
    ...(ircTlsPort === undefined ? [] : [`  ircs://localhost:${String(ircTlsPort)}`]),
    `  ${url.replace('http:', 'ws:')}/irc-ws`,
    '',
    'Make things happen:',
    '',
    ...EXAMPLES.map(([path, body]) => `  curl ${url}/_sandbox/${path} -d '${body}'`),
    `  curl ${url}/_sandbox/calls`,
    `  curl ${url}/_sandbox/state        lists everything else`,
  ].join('\n')
}

const EXAMPLES = [
  ['seed', '{"users":[{"login":"somebot"}]}'],
  ['clock', '{"advance":14400}'],
  ['expire-token', '{"login":"techydrroid"}'],
  ['disconnect', '{"login":"techydrroid"}'],
  ['device/approve', '{"user_code":"ABCDEFGH","login":"techydrroid"}'],
  ['faults', '{"path":"/oauth2/token","kind":"drop","match":{"grant_type":"refresh_token"}}'],
  ['irc/reconnect', '{}'],
  ['faults', '{"path":"/helix/*","kind":"status","status":503,"count":3}'],
] as const
