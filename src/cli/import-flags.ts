import {Flags} from '@oclif/core'

/** Flags of the commands that take tokens over from elsewhere. */
export const importFlags = {
  role: Flags.option({options: ['owner', 'bot'] as const})({
    default: 'owner' as const,
    summary: 'Whose it becomes: your own, or a bot’s.',
  }),
  expect: Flags.string({helpValue: 'LOGIN', summary: 'Refuse anyone but this login, or this user id.'}),
  replace: Flags.boolean({default: false, summary: 'Let someone else than the present owner become the owner.'}),
}

/** What of these flags the broker wants to know. */
export const importInputOf = (flags: {role: 'owner' | 'bot'; expect: string | undefined; replace: boolean}) => ({
  role: flags.role,
  replaceOwner: flags.replace,
  ...(flags.expect !== undefined && {expect: flags.expect}),
})
