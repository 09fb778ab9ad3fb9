import {createHash} from 'node:crypto'

/** What the browser shows when it comes back from the provider, and before it goes there. Plain text; escaped here. */
export interface CallbackPage {
  status: number
  title: string
  text: string
  /** What else there is to know, a line each. */
  facts?: readonly (readonly [name: string, value: string])[]
  /** Shown large, and in one piece, so that a double click copies it. */
  code?: string
  form?: PageForm
  /** Where to go on. */
  link?: {label: string; href: string}
  hint?: string
}

export interface PageForm {
  /** A path. */
  action: string
  hidden?: Readonly<Record<string, string>>
  buttons: readonly PageButton[]
}

export interface PageButton {
  label: string
  /** What of several it is; sent as `decision`. */
  decision?: string
  /** Not what most people want. */
  isQuiet?: boolean
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f5f9; --card: #fff; --ink: #1d1a26; --soft: #5b5668; --line: #dcd8e5;
  --accent: #5b34c9; --on-accent: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ground: #15131b; --card: #211e2a; --ink: #f0eef6; --soft: #b3adc2; --line: #3a3547;
    --accent: #b8a2ff; --on-accent: #1a1330 }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 1.05rem/1.5 system-ui, sans-serif }
main { box-sizing: border-box; max-width: 34rem; margin: 1rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25 }
p { margin: .5rem 0 0 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; margin: 1.25rem 0 0 }
dt { color: var(--soft) }
dd { margin: 0; font-weight: 600 }
output { display: block; margin: 1.25rem 0 0; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem;
  font: 600 1.9rem/1.2 ui-monospace, monospace; letter-spacing: .08em; text-align: center }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0 }
button { flex: 1 0 auto; padding: .7rem 1.25rem; border: 1px solid var(--accent); border-radius: .5rem;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer }
a.on { display: block; margin: 1.5rem 0 0; padding: .7rem 1.25rem; border-radius: .5rem; background: var(--accent);
  color: var(--on-accent); font-weight: 600; text-align: center; text-decoration: none }
button.quiet { background: none; border-color: var(--line); color: var(--ink) }
button:focus-visible, a.on:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.hint { margin-top: 1.25rem; color: var(--soft) }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * No script, nothing from elsewhere, nothing kept, and the address with the code in it told to nobody. A page with a form
 * is the exception: browsers say whose form it was only where they may tell its own origin (docs/decisions/0030).
 * @param formAction Where the page's form may lead, redirects included.
 */
export const pageHeaders = (formAction?: string): Record<string, string> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action ${formAction ?? "'none'"}; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': formAction === undefined ? 'no-referrer' : 'same-origin',
  'X-Content-Type-Options': 'nosniff',
})

/** Of a page that ends its connection, for whoever shows it is about to go. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {...pageHeaders(), Connection: 'close'}

export function renderCallbackPage(page: CallbackPage): string {
  const {title, text, facts = [], code, form, link, hint} = page
  const parts = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${escapeHtml(text)}</p>`,
    facts.length > 0 &&
      `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`,
    code !== undefined && `<output>${escapeHtml(code)}</output>`,
    form && renderForm(form),
    link && `<a class="on" href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>`,
    hint !== undefined && `<p class="hint">${escapeHtml(hint)}</p>`,
  ]
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
${parts.filter(Boolean).join('\n')}
</main>
</body>
</html>
`
}

function renderForm({action, hidden = {}, buttons}: PageForm): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const drawn = buttons.map(({label, decision, isQuiet}) => {
    const named = decision === undefined ? '' : ` name="decision" value="${escapeHtml(decision)}"`
    return `<button${isQuiet ? ' class="quiet"' : ''}${named}>${escapeHtml(label)}</button>`
  })
  return `<form method="post" action="${escapeHtml(action)}">${[...inputs, ...drawn].join('')}</form>`
}

const ESCAPES: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
