/** What goes wrong with a call. */
export type FaultKind =
  /** Another status and body. Not processed unless `process`. */
  | 'status'
  /** Processed, then the connection is cut without a reply. */
  | 'drop'
  /** Cut without being processed. */
  | 'drop-before'
  /** Processed, then the reply is cut midway. */
  | 'partial'
  /** Processed; a 200 whose `refresh_token` is good and the rest is not. */
  | 'malformed'
  /** Processed, and answered late. */
  | 'delay'

export interface Fault {
  kind: FaultKind
  /** A path such as `/oauth2/token`; a trailing `*` stands for any ending. */
  path: string
  method?: string | undefined
  /** Parameters (query or form) that the call must have, with these values. */
  match: Record<string, string>
  /** How many calls are still to go wrong. */
  count: number
  /** How many matching calls are let through first. */
  after: number
  /** `status` only: do what was asked before answering otherwise. */
  process: boolean
  status: number
  headers: Record<string, string>
  body: unknown
  /** Before the reply; any kind. */
  delayMs: number
  /** `partial` only: how much of the body is sent; half of it when undefined. */
  bytes?: number | undefined
}

/** Faults in the order they were asked for; a call meets the first that fits. */
export class FaultQueue {
  #faults: Fault[] = []

  add(fault: Fault): void {
    this.#faults.push(fault)
  }

  /** The fault that this call meets, counted off. */
  take(method: string, path: string, parameters: URLSearchParams): Fault | undefined {
    const fault = this.#faults.find((candidate) => fits(candidate, method, path, parameters))
    if (fault === undefined) return undefined
    if (fault.after > 0) {
      fault.after -= 1
      return undefined
    }
    fault.count -= 1
    if (fault.count <= 0) this.#faults = this.#faults.filter((other) => other !== fault)
    return fault
  }

  list(): readonly Fault[] {
    return this.#faults
  }

  clear(): void {
    this.#faults = []
  }
}

function fits(fault: Fault, method: string, path: string, parameters: URLSearchParams): boolean {
  const pathFits = fault.path.endsWith('*') ? path.startsWith(fault.path.slice(0, -1)) : path === fault.path
  if (!pathFits) return false
  if (fault.method !== undefined && fault.method !== method) return false
  return Object.entries(fault.match).every(([name, value]) => parameters.getAll(name).includes(value))
}
