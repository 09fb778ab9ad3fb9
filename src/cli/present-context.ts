import type {ContextView} from '../compose.js'
import {describeSource} from '../model/account-context.js'
import {nameOf} from '../model/account-name.js'

export type {ContextView}

export function contextJson({context, account, problem}: ContextView): Record<string, unknown> {
  const source = context?.source
  return {
    ...(context && {source: context.source.kind}),
    ...(source?.kind === 'environment' && {variable: source.variable}),
    ...(source?.kind === 'file' && {path: source.path}),
    ...(context?.as !== undefined && {as: context.as}),
    ...(context?.provider !== undefined && {provider: context.provider}),
    ...(account && {account: account.key}),
    ...(problem && {error: {code: problem.code, message: problem.message}}),
  }
}

/** Who acts where nobody is named. Undefined where nobody does. */
export function contextLine({context, account}: ContextView): string | undefined {
  if (!context || !account) return undefined
  return `Without --as, helix acts as ${nameOf(account)} (${describeSource(context) ?? 'the owner'}).`
}

/** What is wrong with what `BEHALF_AS` or a file says. That there is no owner yet is nobody's fault. */
export const contextProblem = ({context, problem}: ContextView): string | undefined =>
  context?.source.kind === 'owner' ? undefined : problem?.message
