import type {Behalf, HelixInput} from '../compose.js'

interface ActorFlags {
  as?: string | undefined
  app: boolean
  provider?: string | undefined
}

/**
 * On whose behalf a call is made, as the flags say; where they do not, with what `BEHALF_AS` or `.behalf.json` says.
 * @returns `warnings` of files that are ignored.
 * @throws BehalfError `configuration` for a `.behalf.json` that is needed and cannot be read.
 */
export async function readActor(
  behalf: Pick<Behalf, 'readContext'>,
  {as, app, provider}: ActorFlags,
): Promise<{actor: Pick<HelixInput, 'as' | 'app' | 'provider' | 'context'>; warnings: string[]}> {
  const said = {...(as !== undefined && {as}), ...(app && {app}), ...(provider !== undefined && {provider})}
  if (as !== undefined || (app && provider !== undefined)) return {actor: said, warnings: []}
  const {context, warnings} = await behalf.readContext()
  return {actor: {...said, context}, warnings}
}
