import {Flags} from '@oclif/core'

/** Flags of commands that read lists. */
export const helixPageFlags = {
  paginate: Flags.boolean({
    default: false,
    exclusive: ['include'],
    summary: 'Read every page, and print one document with all items in its data.',
  }),
  lines: Flags.boolean({
    default: false,
    exclusive: ['include'],
    summary: 'Print an item of data a line, as it comes, and nothing else.',
  }),
  limit: Flags.integer({
    min: 1,
    exclusive: ['include'],
    helpValue: 'N',
    summary: 'Read pages until there are so many items, and print no more (--paginate is implied).',
  }),
}
