import type {Child} from 'hono/jsx'

import {ToneIcon, type Tone} from './notice.js'

/** A state in a word or two, with a shape and a colour. */
export function Badge({tone, children}: {tone: Tone; children?: Child}) {
  return (
    <span class={`badge ${tone}`}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  )
}

/** One of several words of the same kind, such as a scope. */
export function Chip({children}: {children?: Child}) {
  return <code class="chip">{children}</code>
}

/** Words that belong together, such as scopes; beyond `atMost` the rest is folded away. */
export function Chips({words, atMost = 6}: {words: readonly string[]; atMost?: number}) {
  if (words.length === 0) return <span class="soft">none</span>
  const isLong = words.length > atMost + 1
  const shown = isLong ? words.slice(0, atMost) : words
  return (
    <div class="chips">
      {shown.map((word) => (
        <Chip>{word}</Chip>
      ))}
      {isLong && (
        <details>
          <summary>{`${String(words.length - atMost)} more`}</summary>
          <div class="chips">
            {words.slice(atMost).map((word) => (
              <Chip>{word}</Chip>
            ))}
          </div>
        </details>
      )}
    </div>
  )
}
