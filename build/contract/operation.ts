import {z} from 'zod'

const hint = z.string().optional().describe('the command that mends it, or what else to do')

export const error = z
  .strictObject({
    error: z.strictObject({
      code: z.string().describe('a word for programs; the table above lists all'),
      message: z.string().describe('for people; it may change'),
      hint,
      status: z.int().optional().describe('HTTP status, when an API answered'),
      body: z.unknown().optional().describe('the API’s own body, parsed; text if it is not JSON'),
    }),
  })
  .meta({id: 'Error'})

export const adminLink = z
  .strictObject({
    url: z.string().describe('signs one browser in, once: a secret until then'),
    expires_at: z.iso.datetime().describe('when it is over'),
  })
  .meta({id: 'AdminLink'})

export const doctor = z
  .strictObject({
    ok: z.boolean().describe('no check found a problem'),
    checks: z
      .array(
        z.strictObject({
          name: z
            .enum([
              'node',
              'settings',
              'store',
              'locks',
              'clock',
              'provider',
              'account',
              'callback-port',
              'browser',
              'terminal',
            ])
            .describe('what was looked at; a name may come more than once'),
          status: z.enum(['ok', 'warning', 'problem']).describe('what was found'),
          message: z.string().describe('for people'),
          hint,
        }),
      )
      .describe('in the order in which things have to be in order'),
  })
  .meta({id: 'Diagnosis'})

export const storeCheck = z
  .strictObject({
    ok: z.boolean().describe('nothing found keeps anything from being used'),
    store: z.string().describe('where it is'),
    accounts: z.int().nonnegative().describe('how many accounts it holds'),
    problems: z
      .array(
        z.strictObject({
          severity: z.enum(['error', 'warning', 'note']).describe('`error`: something cannot be used'),
          code: z.string().describe('a word for programs'),
          message: z.string().describe('for people'),
          hint,
        }),
      )
      .describe('what was found; it need not be bad'),
  })
  .meta({id: 'StoreReport'})

export const help = z.strictObject({help: z.string().describe('the text')}).meta({id: 'Help'})

const shellName = z.enum(['bash', 'zsh', 'fish'])

export const completionScript = z
  .strictObject({
    shell: shellName.describe('which shell'),
    script: z.string().describe('what that shell reads'),
  })
  .meta({id: 'CompletionScript'})

export const completionSetUp = z
  .strictObject({
    shells: z
      .array(z.strictObject({name: shellName.describe('which shell'), set_up: z.string().describe('what to run once')}))
      .describe('every shell there is completion for'),
  })
  .meta({id: 'CompletionSetUp'})

export const sandbox = z
  .strictObject({
    url: z.string().describe('where it listens'),
    irc_port: z.int().describe('where chat is spoken, as IRC over TCP'),
    irc_tls_port: z.int().optional().describe('and over TLS, when there is a certificate'),
    client_id: z.string().describe('of its confidential client'),
  })
  .meta({id: 'SandboxReady'})

const daemonPlace = {
  url: z.string().describe('where callers on this machine reach it'),
  pid: z.int().describe('its process'),
  since: z.iso.datetime().describe('since when it serves'),
}

export const serving = z
  .strictObject({
    ...daemonPlace,
    socket: z.string().optional().describe('the Unix socket, where it has one'),
    irc: z.string().optional().describe('where chat clients come in on TCP, where they do'),
    accounts: z.int().describe('how many it keeps fresh'),
    api_tokens: z.int().describe('how many open it: neither revoked nor expired'),
    already_running: z.literal(false).describe('this command is the daemon'),
  })
  .meta({id: 'Serving'})

export const servingAlready = z
  .strictObject({...daemonPlace, already_running: z.literal(true).describe('the daemon is another process')})
  .meta({id: 'ServingAlready'})

export const demo = z
  .strictObject({
    commands: z.int().describe('how many were run'),
    refreshes: z.int().describe('how many tokens were renewed'),
    seconds: z.number().describe('how long it took'),
  })
  .meta({id: 'DemoSummary'})
