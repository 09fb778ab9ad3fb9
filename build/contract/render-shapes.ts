import {z} from 'zod'

/** As much of JSON Schema as zod makes of the schemas here. */
interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string | string[]
  format?: string
  enum?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  description?: string
  additionalProperties?: unknown
  /** The shape whose fields this one has too. */
  extends?: string
}

type Row = [field: string, type: string, meaning: string]

/** The name of a schema that has one of its own in the page. */
export const shapeName = (schema: z.ZodType): string => {
  const {id} = schema.meta() ?? {}
  if (id === undefined) throw new Error('A schema of a command’s output needs an id')
  return id
}

/** A link to where a shape is described. */
export const linkTo = (name: string): string => `[${name}](#${name.toLowerCase()})`

/** A heading and a table of fields for each shape, and for those within them, in the order of their names. */
export function renderShapes(schemas: readonly z.ZodType[]): string {
  const shapes: Record<string, JsonSchema> = {}
  for (const schema of schemas) Object.assign(shapes, (z.toJSONSchema(schema) as JsonSchema).$defs)
  return Object.entries(shapes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, shape]) => renderShape(name, shape, shapes))
    .join('\n')
}

function renderShape(name: string, shape: JsonSchema, shapes: Record<string, JsonSchema>): string {
  const base = shape.extends === undefined ? undefined : shapes[shape.extends]
  const inherited = shape.extends === undefined ? '' : `All of ${linkTo(shape.extends)}, and:\n\n`
  const rows = listFields(shape, '').filter(([field, type, meaning]) => !isSameField(base, field, type, meaning))
  return `### ${name}\n\n${inherited}${renderTable(['field', 'type', 'meaning'], rows)}`
}

const isSameField = (base: JsonSchema | undefined, field: string, type: string, meaning: string): boolean =>
  base !== undefined && listFields(base, '').some((row) => row[0] === field && row[1] === type && row[2] === meaning)

/** The fields of an object and of the nameless objects within it; `?` behind those that may be missing. */
function listFields({properties = {}, required = []}: JsonSchema, prefix: string): Row[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const mark = required.includes(name) ? '' : '?'
    const row: Row = [`\`${path}${mark}\``, describeType(field), field.description ?? '']
    return [row, ...listFields(field, `${path}.`), ...(field.items ? listFields(field.items, `${path}[].`) : [])]
  })
}

function describeType(schema: JsonSchema): string {
  const {$ref, anyOf, items, format, type} = schema
  if ($ref !== undefined) return linkTo($ref.replace('#/$defs/', ''))
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (anyOf) return anyOf.map(describeType).join(' or ')
  if (items) return `list of ${describeType(items)}`
  if (format === 'date-time') return 'time'
  return [type ?? 'anything'].flat().join(' or ')
}

/** A table in Markdown. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}
