import type {Provider} from '../../model/provider.js'
import {atlassianDialect} from './atlassian.js'
import type {DialectRules, DialectTable} from './dialect.js'
import {discordDialect} from './discord.js'
import {facebookDialect} from './facebook.js'
import {githubDialect} from './github.js'
import {googleDialect} from './google.js'
import {linkedinDialect} from './linkedin.js'
import {microsoftDialect} from './microsoft.js'
import {redditDialect} from './reddit.js'
import {rfcDialect} from './rfc.js'
import {slackDialect} from './slack.js'
import {spotifyDialect} from './spotify.js'
import {stravaDialect} from './strava.js'
import {twitchDialect} from './twitch.js'
import {webexDialect} from './webex.js'
import {xDialect} from './x.js'

const dialects: DialectTable = {
  rfc: rfcDialect,
  twitch: twitchDialect,
  atlassian: atlassianDialect,
  discord: discordDialect,
  facebook: facebookDialect,
  github: githubDialect,
  google: googleDialect,
  linkedin: linkedinDialect,
  microsoft: microsoftDialect,
  reddit: redditDialect,
  slack: slackDialect,
  spotify: spotifyDialect,
  strava: stravaDialect,
  webex: webexDialect,
  x: xDialect,
}

export const dialectOf = (provider: Provider): DialectRules => dialects[provider.dialect]
