import type {FlowView} from '../compose.js'
import {formatDuration} from '../model/format-duration.js'
import type {EpochMs} from '../model/time.js'
import {stripControls} from './output.js'
import type {OutputStream} from './surroundings.js'
import {renderTable} from './table.js'

export function flowTable(flows: readonly FlowView[], now: EpochMs, stream: OutputStream): string {
  const columns = [
    {title: 'ID'},
    {title: 'PROVIDER'},
    {title: 'FOR', minWidth: 8},
    {title: 'STATE', minWidth: 12},
    {title: 'BEGUN', dropRank: 1},
    {title: 'ENDS IN'},
  ]
  const rows = flows.map((flow) => [
    flow.id,
    flow.provider,
    whomFor(flow),
    describeState(flow),
    `${formatDuration(now - flow.createdAt)} ago`,
    flow.state === 'pending' ? formatDuration(flow.expiresAt - now) : '–',
  ])
  return renderTable(columns, rows, stream)
}

/** What became of a flow that was collected: a line. */
export function collectedLine(flow: FlowView): string {
  const fate = {pending: 'was still waiting', done: 'had ended well', failed: 'had failed'}[flow.state]
  return stripControls(`Collected ${flow.id} (${flow.provider}, ${whomFor(flow)}), which ${fate}.`)
}

const whomFor = ({role, subject}: FlowView): string => subject ?? (role === 'user' ? 'a web login' : `the ${role}`)

function describeState({state, waitsFor, failure, account}: FlowView): string {
  if (state === 'pending') return `waits for the ${waitsFor ?? 'callback'}`
  return state === 'done' ? `done${account ? `: ${account.login}` : ''}` : `failed: ${failure?.message ?? ''}`
}
