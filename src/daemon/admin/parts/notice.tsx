import type {Child} from 'hono/jsx'

/** How good or bad something is. Always said in words as well. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'quiet'

/** The shape beside the words, so that colour is never alone. Paths in a box of 16 by 16. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M3 8.5l3.2 3.2L13 4.8',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2',
  bad: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  info: 'M8 7.2v5M8 4v.2',
  quiet: 'M4 8h8',
}

export function ToneIcon({tone}: {tone: Tone}) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={SHAPES[tone]} />
    </svg>
  )
}

export interface NoticeProps {
  tone: Tone
  title?: string
  /** It has just happened: a screen reader says it. */
  isNews?: boolean
  children?: Child
}

/** Something to be read before the rest of the page or of a section. */
export function Notice({tone, title, isNews, children}: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={isNews ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      <ToneIcon tone={tone} />
      <div>
        {title !== undefined && <p class="notice-title">{title}</p>}
        {typeof children === 'string' ? <p>{children}</p> : children}
      </div>
    </div>
  )
}
