import {readableText} from '../../../model/readable-text.js'

/** A text that somebody else has chosen: no more of it than can be read, and it turns nothing around it. */
export const Foreign = ({text, maxLength = 80}: {text: string; maxLength?: number}) => (
  <bdi>{readableText(text, maxLength)}</bdi>
)

/** The same of a path or a name of several parts: it breaks between them, as long as each of them fits in a column. */
export function ForeignParts({text, maxLength = 80}: {text: string; maxLength?: number}) {
  const parts = readableText(text, maxLength).split(/(?<=[^/_.][/_.])/)
  return (
    <bdi class={parts.every(({length}) => length <= LONGEST_WHOLE_PART) ? 'parts' : 'parts long'}>
      {parts.map((part, index) => (
        <>
          {index > 0 && <wbr />}
          {part}
        </>
      ))}
    </bdi>
  )
}

/** A login at Twitch has 25 characters at most. */
const LONGEST_WHOLE_PART = 26
