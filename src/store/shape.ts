/**
 * What stored values look like. A shape is a function: it gives a value back with all that it knows of it, or throws a
 * {@link Misfit}. Every command that opens the store has to make all of these before it reads a byte, which took zod a
 * sixth of the time of `behalf bot token` (docs/decisions/0036-shapes-of-records.md).
 */
export type Shape<T> = (value: unknown) => T

/** What a shape gives back. */
export type Shaped<S> = S extends Shape<infer T> ? T : never

/** Where a value does not have its shape: the names of fields, from the outside in. */
export class Misfit extends Error {
  override readonly name = 'Misfit'
  readonly path: string[] = []
}

/** A field that may be absent; one that is there has its shape. */
interface Optional<T> {
  readonly optional: Shape<T>
}

type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>
type OptionalName<F> = {[N in keyof F]: F[N] extends Optional<unknown> ? N : never}[keyof F]
type ShapedFields<F> = {-readonly [N in Exclude<keyof F, OptionalName<F>>]: Shaped<F[N]>} & {
  -readonly [N in OptionalName<F>]?: F[N] extends Optional<infer T> ? T : never
}
/** One object type in place of two that are joined. */
type Flat<T> = {[N in keyof T]: T[N]}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({optional: shape})

/** Fields that it does not know of, such as those of a later version, are left out. */
export function object<const F extends Fields>(fields: F): Shape<Flat<ShapedFields<F>>> {
  const known = Object.entries(fields)
  return (value) => {
    if (!isObject(value)) throw new Misfit()
    const read: Record<string, unknown> = {}
    for (const [name, field] of known) {
      if (typeof field === 'function') read[name] = readField(field, name, value[name])
      else if (Object.hasOwn(value, name)) read[name] = readField(field.optional, name, value[name])
    }
    return read as Flat<ShapedFields<F>>
  }
}

/** Objects that are told apart by a field. */
export const variant =
  <K extends string, V extends Readonly<Record<string, Shape<Record<K, string>>>>>(
    key: K,
    variants: V,
  ): Shape<Shaped<V[keyof V]>> =>
  (value) => {
    const kind = isObject(value) ? value[key] : undefined
    const shape = typeof kind === 'string' && Object.hasOwn(variants, kind) ? variants[kind] : undefined
    if (shape === undefined) throw misfitAt(key)
    return shape(value) as Shaped<V[keyof V]>
  }

export const list =
  <T>(item: Shape<T>, {min = 0, max = Infinity}: {min?: number; max?: number} = {}): Shape<T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) throw new Misfit()
    return value.map((one, place) => readField(item, String(place), one))
  }

/** An object with any names. */
export const dictionary =
  <T>(item: Shape<T>): Shape<Record<string, T>> =>
  (value) => {
    if (!isObject(value)) throw new Misfit()
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readField(item, name, one)]))
  }

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value) =>
    value === null ? null : shape(value)

export const oneOf =
  <const T extends string | number>(values: readonly T[]): Shape<T> =>
  (value) =>
    values.find((one) => one === value) ?? fail()

export const text: Shape<string> = (value) => (typeof value === 'string' ? value : fail())

export const flag: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : fail())

export const matching =
  (pattern: RegExp): Shape<string> =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : fail()

/** Finite, as all numbers of JSON are. */
export const number =
  ({min = -Infinity, max = Infinity}: {min?: number; max?: number} = {}): Shape<number> =>
  (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max ? value : fail()

export const integer =
  (range: {min?: number; max?: number} = {}): Shape<number> =>
  (value) =>
    Number.isSafeInteger(value) ? number(range)(value) : fail()

/** The value, or where it does not fit. */
export function fit<T>(shape: Shape<T>, value: unknown): {value: T} | {misfit: string} {
  try {
    return {value: shape(value)}
  } catch (error) {
    if (error instanceof Misfit) return {misfit: error.path.join('.')}
    throw error
  }
}

function readField<T>(shape: Shape<T>, name: string, value: unknown): T {
  try {
    return shape(value)
  } catch (error) {
    if (error instanceof Misfit) error.path.unshift(name)
    throw error
  }
}

function fail(): never {
  throw new Misfit()
}

function misfitAt(name: string): Misfit {
  const misfit = new Misfit()
  misfit.path.push(name)
  return misfit
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
