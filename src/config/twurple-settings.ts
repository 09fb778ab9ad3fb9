type Environment = Readonly<Record<string, string | undefined>>

/** Where Twurple calls Helix in this process: Twitch's own origin, or what `TWURPLE_MOCK_API_PORT` says. */
export function readTwurpleOrigin(environment: Environment = process.env): string {
  const port = environment.TWURPLE_MOCK_API_PORT
  return port ? `http://localhost:${port}` : 'https://api.twitch.tv'
}
