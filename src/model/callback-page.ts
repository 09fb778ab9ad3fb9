import {createHash} from 'node:crypto'

/** What the browser shows when it comes back from the provider. Plain text; escaped here. */
export interface CallbackPage {
  status: number
  title: string
  text: string
  hint?: string
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f5f9; --card: #fff; --ink: #1d1a26; --soft: #5b5668; --line: #dcd8e5 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15131b; --card: #211e2a; --ink: #f0eef6; --soft: #b3adc2; --line: #3a3547 }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 1.05rem/1.5 system-ui, sans-serif }
main { box-sizing: border-box; max-width: 34rem; margin: 1rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25 }
p { margin: .5rem 0 0 }
.hint { color: var(--soft) }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** No script, nothing from elsewhere, nothing kept, and the address with the code in it told to nobody. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
}

export function renderCallbackPage({title, text, hint}: CallbackPage): string {
  const more = hint === undefined ? '' : `\n<p class="hint">${escapeHtml(hint)}</p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – behalf</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${more}
</main>
</body>
</html>
`
}

const ESCAPES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
