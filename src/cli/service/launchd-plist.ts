import {join} from 'node:path'

import type {ServicePlace} from '../../compose.js'
import {checkOneLine} from './check-one-line.js'
import type {ServiceCommandLine} from './service-command-line.js'

/** Decimal: launchd knows no octal numbers. */
const UMASK_0077 = 63
const STOP_SECONDS = 40

/** A launch agent for macOS (launchd.plist(5)). @throws BehalfError `invalid-input`. */
export function launchdPlist({program, serve}: ServiceCommandLine, {environment, homeFolder}: ServicePlace): string {
  const variables = Object.entries(environment).map(([name, value]) => `    <key>${name}</key>${string(value)}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>behalf</string>
  <key>ProgramArguments</key>
  <array>
${[...program, ...serve].map((word) => `    ${string(word)}\n`).join('')}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('')}  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ExitTimeOut</key><integer>${String(STOP_SECONDS)}</integer>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>${String(UMASK_0077)}</integer>
  <key>StandardErrorPath</key>${string(join(homeFolder, 'Library/Logs/behalf.log'))}
</dict>
</plist>
`
}

const ENTITIES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;'}

const string = (text: string): string =>
  `<string>${checkOneLine(text).replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '')}</string>`
