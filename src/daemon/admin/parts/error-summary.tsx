import type {FieldErrors} from './field.js'

/**
 * What is wrong with a form, before the form. It has the focus when the page opens, so that a screen reader begins there,
 * and each line leads to its field.
 */
export function ErrorSummary({errors}: {errors: FieldErrors}) {
  const lines = Object.entries(errors).filter(([, text]) => text !== undefined)
  if (lines.length === 0) return null
  return (
    <div class="notice bad" role="alert" tabindex={-1} autofocus data-errors="">
      <div>
        <p class="notice-title">
          {lines.length === 1 ? 'Something is wrong' : `${String(lines.length)} things are wrong`}
        </p>
        <ul>
          {lines.map(([name, text]) => (
            <li>{name === '' ? text : <a href={`#${name}`}>{text}</a>}</li>
          ))}
        </ul>
      </div>
    </div>
  )
}
