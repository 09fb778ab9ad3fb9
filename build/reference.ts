/** What `$?` means, in the order of the numbers. `src/cli/exit-codes.ts` maps each error to one of them. */
export const EXIT_MEANINGS: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'done'],
  ['1', 'a fault of behalf’s own'],
  ['2', 'usage: an unknown command, flag or scope, malformed input, a name that fits two accounts'],
  [
    '3',
    'configuration: settings, a provider that refuses the client, the wrong sealing secret, a callback port that is taken',
  ],
  ['4', 'a login is needed, or one failed'],
  ['5', 'not found: account, provider, API token'],
  ['6', 'the provider or the network; try again. Also 429, after waiting, and 5xx of the API'],
  ['7', 'the store is damaged, locked, read-only, full, someone else’s, or of a newer version; it is left as it is'],
  ['8', 'refused: a scope is missing, or the API answered with another 4xx. Its body is on stdout all the same'],
  ['126, 127', '`exec`: the program cannot be run, or there is none of that name'],
  ['129, 130, 143', 'stopped by SIGHUP, Ctrl-C, SIGTERM; a refresh that had begun was saved first'],
]

/** What is set from outside: the variables, what they mean, and what holds without them. */
export const SETTINGS: readonly {names: readonly string[]; meaning: string; default: string}[] = [
  {
    names: ['BEHALF_STORE'],
    meaning: 'the file where everything is kept; `--store` wins. `.json` is added to a name without an extension',
    default: '`$XDG_DATA_HOME/behalf/store.json`, usually in `~/.local/share`',
  },
  {
    names: ['BEHALF_SECRET', 'BEHALF_SECRET_FILE'],
    meaning:
      'the sealing secret, or a file that holds it: 32 random bytes in base64url, or a passphrase. One of the two',
    default: 'a random key in `$XDG_CONFIG_HOME/behalf/secret.key`, usually `~/.config`',
  },
  {
    names: ['BEHALF_<PROVIDER>_CLIENT_ID', 'BEHALF_<PROVIDER>_CLIENT_SECRET'],
    meaning:
      'a provider’s client; they win over the store. The name in capitals, `_` for `-`. One is enough to have the preset of that name as a provider. For Twitch also `TWITCH_CLIENT_ID`, `TWITCH_CLIENT_SECRET`',
    default: 'from the store',
  },
  {
    names: ['BEHALF_CALLBACK_URL'],
    meaning: 'the redirect URI, for providers without a `--callback-url` of their own',
    default: '`http://localhost:8420/callback`',
  },
  {
    names: ['BEHALF_AS'],
    meaning: 'on whose behalf `helix` and `exec` act without `--as`',
    default: '`.behalf.json` of the working folder or one above it, else the owner',
  },
  {names: ['BEHALF_LISTEN'], meaning: 'where `serve` listens; so does `--listen`', default: '`127.0.0.1:8420`'},
  {
    names: ['BEHALF_SOCKET'],
    meaning: 'the Unix socket of `serve`; so does `--socket`',
    default: '`behalf/daemon.sock` below `$XDG_RUNTIME_DIR`, else `$XDG_STATE_HOME`, else `~/.local/state`',
  },
  {
    names: ['BEHALF_PUBLIC_URL'],
    meaning: 'the address under which others reach `serve`, through a proxy; so does `--public-url`',
    default: '',
  },
  {names: ['BEHALF_LOG_LEVEL'], meaning: 'how much `serve` logs; so does `--log-level`', default: '`info`'},
  {names: ['NO_COLOR'], meaning: 'no colours; so does `--no-color`', default: ''},
]
