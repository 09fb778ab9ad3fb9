import {html} from 'hono/html'

export type Html = ReturnType<typeof html>

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText; }
  main { width: min(30rem, 100% - 3rem); padding: 2rem 0; }
  h1 { font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
  ul { padding-left: 1.25rem; }
  ul.choices { list-style: none; padding: 0; display: grid; gap: .5rem; }
  button, input { font: inherit; padding: .55rem .9rem; border-radius: .4rem; border: 1px solid GrayText; }
  button { cursor: pointer; background: ButtonFace; color: ButtonText; }
  button.main { background: #5b3fd0; border-color: #5b3fd0; color: #fff; }
  .choices button { width: 100%; text-align: left; }
  .row { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; align-items: center; }
  label { display: block; margin-bottom: .25rem; }
  code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; white-space: pre-wrap; }
  .note { color: color-mix(in srgb, CanvasText 70%, Canvas); border-top: 1px solid GrayText; margin-top: 2rem; padding-top: .75rem; font-size: .875rem; }
  [role=alert] { border-left: .25rem solid #c0392b; padding-left: .75rem; }
`

/** A whole page: one heading, and a line that says that none of this is real. */
export function renderPage(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · sandbox</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
          <p class="note">This is behalf's sandbox, a local stand-in for Twitch. Accounts and apps here are made up.</p>
        </main>
      </body>
    </html>`
}
