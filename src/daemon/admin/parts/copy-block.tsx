/** A text to be copied as it stands; the script adds the button. */
export function CopyBlock({label, text}: {label: string; text: string}) {
  return (
    <figure class="copy">
      <figcaption>{label}</figcaption>
      <pre tabindex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </figure>
  )
}
