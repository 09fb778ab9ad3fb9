/** What went wrong on the network, in a few words. These texts name hosts and ports, and nothing that was sent. */
export function describeNetworkError(error: unknown): string {
  // All addresses of a host failed: Node gives the aggregate an empty message.
  if (error instanceof AggregateError) {
    const reasons = new Set(error.errors.map((each) => describeNetworkError(each)))
    return [...reasons].join('; ')
  }
  if (!(error instanceof Error)) return 'the network failed'
  if ('code' in error && error.code === 'ENOTFOUND') return `the host${nameHost(error)} was not found`
  // The HTTP parser quotes what it could not read only in other fields.
  if (error.message.startsWith('Parse Error')) return 'the answer was not HTTP'
  return error.message
}

/** What Node asked the resolver for. */
const nameHost = (error: Error): string =>
  'hostname' in error && typeof error.hostname === 'string' ? ` ${error.hostname}` : ''
