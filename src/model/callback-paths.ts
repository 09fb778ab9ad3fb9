/** Where providers may be told to send people back to. Some are there for applications that were registered long ago. */
const CALLBACK_PATHS = ['/callback', '/api/v1/oauth/callback', '/redirect', '/twitch-callback', '/twitch-bot-callback']

/** A trailing slash makes no difference. */
const withoutSlash = (path: string): string => path.replace(/(?<=.)\/$/, '')

export const isCallbackPath = (path: string): boolean => CALLBACK_PATHS.includes(withoutSlash(path))

/**
 * Whether what comes in at a path may have been sent to a redirect URI. A proxy may have taken the beginning of the path
 * away, and no more than that: `/api/v1/oauth/callback` is never asked for as `/callback`.
 * @param isPosted A program may post what came to a page of its own, which has none of our paths.
 */
export function leadsTo(redirectUri: string, path: string, isPosted: boolean): boolean {
  const sentTo = withoutSlash(new URL(redirectUri).pathname)
  const [ours] = CALLBACK_PATHS.filter((one) => sentTo.endsWith(one)).sort((a, b) => b.length - a.length)
  return [sentTo, ours].includes(withoutSlash(path)) || (isPosted && ours === undefined)
}
