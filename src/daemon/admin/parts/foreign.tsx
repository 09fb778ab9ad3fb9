import {readableText} from '../../../model/readable-text.js'

/** A text that somebody else has chosen: no more of it than can be read, and it turns nothing around it. */
export const Foreign = ({text, maxLength = 80}: {text: string; maxLength?: number}) => (
  <bdi>{readableText(text, maxLength)}</bdi>
)
