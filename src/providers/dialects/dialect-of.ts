import type {Provider} from '../../model/provider.js'
import type {DialectRules, DialectTable} from './dialect.js'
import {discordDialect} from './discord.js'
import {githubDialect} from './github.js'
import {googleDialect} from './google.js'
import {rfcDialect} from './rfc.js'
import {spotifyDialect} from './spotify.js'
import {twitchDialect} from './twitch.js'
import {webexDialect} from './webex.js'

const dialects: DialectTable = {
  rfc: rfcDialect,
  twitch: twitchDialect,
  google: googleDialect,
  github: githubDialect,
  discord: discordDialect,
  spotify: spotifyDialect,
  webex: webexDialect,
}

export const dialectOf = (provider: Provider): DialectRules => dialects[provider.dialect]
