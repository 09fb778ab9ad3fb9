/**
 * The subject that a user of a Hubot is: `slack:U02AB`. By the adapter's own id of them, which no other person there has.
 * @param adapter What the adapter calls itself, such as `Slack Bot`: `slack-bot` then.
 */
export const subjectOfHubotUser = (adapter: string, userId: string): string =>
  `${adapter
    .trim()
    .toLowerCase()
    .replaceAll(/[\s:]+/g, '-')}:${userId}`
