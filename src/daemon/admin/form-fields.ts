import {z} from 'zod'

/** A field that may come more than once, or not at all, such as boxes to tick: a list. */
export const listField = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(item))

/** A text that may be left empty: then it is undefined, as when the field is not there. Spaces around it are no part of it. */
export const optionalField = <Inner extends z.ZodType>(inner: Inner) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value
    const text = value.trim()
    return text === '' ? undefined : text
  }, inner.optional())

/** A box that is ticked or not. */
export const tickField = () => z.preprocess((value) => value === 'yes' || value === 'on', z.boolean())
