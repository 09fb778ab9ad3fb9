/** Where providers may be told to send people back to. Some are there for applications that were registered long ago. */
const CALLBACK_PATHS = ['/callback', '/api/v1/oauth/callback', '/redirect', '/twitch-callback', '/twitch-bot-callback']

export const isCallbackPath = (path: string): boolean => CALLBACK_PATHS.includes(path.replace(/(?<=.)\/$/, ''))
