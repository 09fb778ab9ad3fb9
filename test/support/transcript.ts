/** A command of a transcript, and what it showed. */
export interface TranscriptStep {
  command: string
  output: string
  /** It asked something, so it needs a terminal. */
  asks: boolean
}

/** The steps of all ```console blocks of a Markdown text, in order. A line that begins with `> ` goes on with a command. */
export function parseTranscript(markdown: string): TranscriptStep[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, text = '']) => text)
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const lines = step.split('\n')
        const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('> '))
        const command = lines.slice(0, end).map((line, index) => (index === 0 ? line : line.slice(2)))
        const output = lines.slice(end).join('\n').trim()
        return {command: command.join('\n'), output, asks: /^[?✔] /m.test(output)}
      }),
  )
}

const SPAN = /\b\d+ (?:s|min|h|d)\b(?: \d+ (?:s|min|h|d)\b)?/g
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const API_TOKEN = /\bbhf_([0-9A-Za-z]{8})_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}\b/g

/** What is the same each time: no times, no random values, no widths of columns. */
export function normaliseOutput(text: string): string {
  const ids = [...text.matchAll(API_TOKEN)].map(([, id = '']) => id)
  const withoutIds = ids.reduce(
    (rest, id) => rest.replaceAll(id, 'ID'),
    text.replaceAll(API_TOKEN, (_, id: string) => `API-TOKEN-${id}`),
  )
  return withoutIds
    .replaceAll(SPAN, 'SPAN')
    .replaceAll(UUID, 'UUID')
    .replaceAll(/"expires_in":\d+/g, '"expires_in":N')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ $/gm, '')
    .trim()
}

/** Whether `shown` is what was expected, where `…` stands for whatever was cut. */
export function matchesOutput(expected: string, shown: string): boolean {
  const pattern = normaliseOutput(expected)
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${pattern}$`).test(normaliseOutput(shown))
}
