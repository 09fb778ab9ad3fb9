import type {Installation} from './install-unit.js'

export const installationJson = ({path, unit, outcome, started, commands}: Installation): Record<string, unknown> => ({
  path,
  outcome,
  started,
  commands,
  unit,
})

const OUTCOMES: Record<Installation['outcome'], string> = {
  installed: 'Wrote',
  replaced: 'Replaced',
  unchanged: 'Nothing changed in',
  kept: 'Nothing changed in',
}

export function installationLines({path, outcome, started, commands}: Installation): string[] {
  if (outcome === 'kept') return [`${OUTCOMES[outcome]} ${path}.`]
  if (!started) {
    return [
      `${OUTCOMES[outcome]} ${path}. There is no systemd of yours to be asked from here; where there is, run:`,
    ].concat(commands.map((command) => `  ${command}`))
  }
  return [`${OUTCOMES[outcome]} ${path}. The service runs, and starts whenever you log in.`]
}

/** What else is good to know of a service that runs. */
export const SERVICE_ADVICE = [
  'How it does: systemctl --user status behalf. Its log: journalctl --user -u behalf -o cat',
  'To have it run without anyone logged in: loginctl enable-linger',
]
