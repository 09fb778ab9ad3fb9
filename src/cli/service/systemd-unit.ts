import type {ServicePlace} from '../../compose.js'
import {checkOneLine} from './check-one-line.js'
import type {ServiceCommandLine} from './service-command-line.js'

/** A little more than a refresh that has begun may take (design 7, rule 1). */
const STOP_SECONDS = 40

/**
 * What does something in a user's own manager. Left out, because that manager may not do it and then fails: whatever
 * changes capabilities (PrivateDevices, ProtectClock, ProtectKernelModules, ProtectKernelLogs, CapabilityBoundingSet),
 * DynamicUser, IPAddressDeny. Left out, because V8 compiles at run time: MemoryDenyWriteExecute.
 * What needs namespaces is passed over in silence where unprivileged users have none.
 */
const HARDENING = `NoNewPrivileges=yes
ProtectSystem=strict
PrivateTmp=yes
ProtectControlGroups=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
UMask=0077`

/** A unit for a user's own systemd (systemd.service(5), systemd.exec(5)). @throws BehalfError `invalid-input`. */
export function systemdUnit({program, serve}: ServiceCommandLine, place: ServicePlace): string {
  const [node, script] = program
  const words = [quoteWord(node), ...[script, ...serve].map((word) => quoteWord(word).replaceAll('$', '$$$$'))]
  const environment = Object.entries(place.environment).map(
    ([name, value]) => `Environment=${quoteWord(`${name}=${value}`)}\n`,
  )
  const folders = place.writableFolders.map((folder) => quoteWord(`-${folder}`))
  return `# Made by \`behalf service install\`. Change it with that, or with: systemctl --user edit behalf

[Unit]
Description=behalf keeps tokens fresh and calls APIs on behalf of accounts

[Service]
Type=exec
ExecStart=${words.join(' ')}
${environment.join('')}Restart=on-failure
RestartSec=5
# A wrong setting does not mend itself.
RestartPreventExitStatus=2 3
# What runs comes to its end first; a refresh that has begun is saved.
TimeoutStopSec=${String(STOP_SECONDS)}
KillMode=mixed

# All it writes to: the store and its key, its socket, its compiled code.
ReadWritePaths=${folders.join(' ')}
RuntimeDirectory=behalf
RuntimeDirectoryMode=0700
CacheDirectory=behalf
CacheDirectoryMode=0700
${HARDENING}

[Install]
WantedBy=default.target
`
}

/** As systemd.syntax(7) reads it back; `%` would begin a specifier. */
const quoteWord = (text: string): string =>
  /^[\w@+=:,./-]+$/.test(text)
    ? text
    : `"${checkOneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
