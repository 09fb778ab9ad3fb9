import {z} from 'zod'

const commands = z.array(z.string()).describe('what is left to be run by hand, where no systemd could be asked')
const path = z.string().describe('the unit file')
const text = z.string().describe('all of it')

export const installation = z
  .strictObject({
    path,
    outcome: z
      .enum(['installed', 'replaced', 'unchanged', 'kept'])
      .describe('what became of the file; `kept`: it says something else, and was not to be replaced'),
    started: z.boolean().describe('systemd runs it now, and at every login'),
    commands,
    unit: z.string().describe('what the file says'),
  })
  .meta({id: 'ServiceInstallation'})

export const uninstallation = z
  .strictObject({
    path,
    removed: z.boolean().describe('false: there was none'),
    stopped: z.boolean().describe('systemd has stopped the service'),
    commands,
  })
  .meta({id: 'ServiceRemoval'})

export const shownUnit = z
  .strictObject({
    kind: z.literal('systemd'),
    text,
    path,
    installed: z.boolean().describe('there is a unit file'),
    current: z.boolean().describe('it says the same'),
  })
  .meta({id: 'ServiceUnit'})

export const shownText = z
  .strictObject({kind: z.enum(['cron', 'launchd']).describe('what it is for'), text})
  .meta({id: 'ServiceText'})
