import {ChatClient} from '@twurple/chat'
import {Client as FrameworkClient} from 'irc-framework'
import tmi from 'tmi.js'

/** A bot that is written with one of the libraries that people use. It joins a room, and comes again when it is cut. */
export interface ChatBot {
  /** What it heard, and from whom: the login, as its library tells it. */
  readonly heard: readonly {from: string; text: string}[]
  /** How often it was told that its login failed. */
  readonly refusals: number
  say(text: string): Promise<void>
  /** Leaves, and does not come again. */
  stop(): void
}

export interface BotPlace {
  tcpPort: number
  webSocketPort: number
  /** The account's login. */
  nick: string
  apiToken: string
  /** With its `#`. */
  room: string
}

const RETRY_MS = 50

export const CHAT_LIBRARIES: Readonly<Record<string, (place: BotPlace) => ChatBot>> = {
  'tmi.js': startTmiBot,
  '@twurple/chat': startTwurpleBot,
  'irc-framework': startFrameworkBot,
}

function startTmiBot({webSocketPort, nick, apiToken, room}: BotPlace): ChatBot {
  const heard: ChatBot['heard'][number][] = []
  let refusals = 0
  const silent = {info: ignore, warn: ignore, error: ignore}
  const client = new tmi.Client({
    connection: {server: '127.0.0.1', port: webSocketPort, reconnectInterval: RETRY_MS, reconnectDecay: 1},
    identity: {username: nick, password: `oauth:${apiToken}`},
    channels: [room],
    logger: silent,
  })
  client.on('message', (_channel, {username = ''}, text, isOwn) => {
    if (!isOwn) heard.push({from: username, text})
  })
  client.on('disconnected', (reason) => {
    if (reason === 'Login authentication failed') refusals += 1
  })
  client.connect().catch(ignore)
  return {
    heard,
    get refusals() {
      return refusals
    },
    async say(text) {
      await client.say(room, text)
    },
    stop() {
      Reflect.set(client, 'reconnect', false)
      client.disconnect().catch(ignore)
    },
  }
}

function startTwurpleBot({webSocketPort, nick, apiToken, room}: BotPlace): ChatBot {
  const heard: ChatBot['heard'][number][] = []
  let refusals = 0
  const client = new ChatClient({
    ssl: false,
    // As with tmi.js: it adds `:80`.
    hostName: `127.0.0.1:${String(webSocketPort)}/irc?`,
    // It is not asked; without one the client is nobody, and may not speak.
    authProvider: {
      clientId: '',
      getCurrentScopesForUser: () => [],
      getAccessTokenForUser: () => Promise.resolve(null),
      getAccessTokenForIntent: () => Promise.resolve(null),
      getAnyAccessToken: () => Promise.reject(new Error('There is none.')),
    },
    channels: [room],
    logger: {custom: ignore},
  })
  // The method would ask id.twitch.tv about the token first: an API token is none of Twitch's, and not for Twitch to see.
  Reflect.set(client, '_getAuthToken', () => {
    client.irc.changeNick(nick)
    return Promise.resolve(`oauth:${apiToken}`)
  })
  client.onMessage((_channel, from, text) => heard.push({from, text}))
  client.onAuthenticationFailure(() => {
    refusals += 1
    // It waits longer each time, up to two minutes, in a timer that nothing ends.
    Reflect.set(client, '_authRetryTimer', {next: () => ({value: RETRY_MS / 1000})})
  })
  client.connect()
  return {
    heard,
    get refusals() {
      return refusals
    },
    say: (text) => client.say(room, text),
    stop() {
      client.quit()
      // Where it waits to try a refused login once more, it would try for ever.
      Reflect.set(client.irc, 'reconnect', ignore)
    },
  }
}

function startFrameworkBot({tcpPort, nick, apiToken, room}: BotPlace): ChatBot {
  const heard: ChatBot['heard'][number][] = []
  let refusals = 0
  let isStopped = false
  const client = new FrameworkClient()
  client.requestCap(['twitch.tv/tags', 'twitch.tv/commands'])
  client.on('registered', () => client.join(room))
  client.on('privmsg', ({nick: from, message}: {nick: string; message: string}) => heard.push({from, text: message}))
  client.on('notice', ({message}: {message: string}) => {
    if (message === 'Login authentication failed') refusals += 1
  })
  // Its own way to come again waits for seconds, and is only for who was there for five of them.
  client.on('close', () => {
    setTimeout(() => {
      if (!isStopped) client.connect()
    }, RETRY_MS)
  })
  client.connect({
    host: '127.0.0.1',
    port: tcpPort,
    nick,
    username: nick,
    password: `oauth:${apiToken}`,
    auto_reconnect: false,
  })
  return {
    heard,
    get refusals() {
      return refusals
    },
    say(text) {
      client.say(room, text)
      return Promise.resolve()
    },
    stop() {
      isStopped = true
      client.quit()
    },
  }
}

function ignore(): void {
  // Nobody reads it.
}
