/** Who acts where a call does not say, and where that was read. */
export interface AccountContext {
  /** An account name. Without one the owner acts. */
  as?: string
  /** Of the owner, or of the account that is named. Default: `twitch`, or the only one that speaks like it. */
  provider?: string
  source: {kind: 'owner'} | {kind: 'environment'; variable: string} | {kind: 'file'; path: string}
}

/** Nothing says anything: the owner acts. */
export const OWNER_CONTEXT: AccountContext = {source: {kind: 'owner'}}

/** What to call the place that names the account: a variable, or a file's path. */
export function describeSource({source}: AccountContext): string | undefined {
  if (source.kind === 'owner') return undefined
  return source.kind === 'environment' ? source.variable : source.path
}
