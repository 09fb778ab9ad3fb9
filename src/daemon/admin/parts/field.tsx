import type {Child} from 'hono/jsx'

/** What is wrong with a form, by the names of its fields. The key `''` is for the form as a whole. */
export type FieldErrors = Readonly<Partial<Record<string, string>>>

interface Described {
  name: string
  label: Child
  hint?: Child
  /** What is wrong with what was sent. */
  error?: string | undefined
}

export interface FieldProps extends Described {
  type?: 'text' | 'password' | 'number' | 'search' | 'url'
  value?: string | undefined
  isRequired?: boolean
  /** Whether it says that it may be left empty. Default: what is not required. */
  isOptional?: boolean
  placeholder?: string
  autocomplete?: string
  inputmode?: 'numeric' | 'text' | 'url'
  min?: number
  max?: number
  maxLength?: number
  /** It is for code, a name of a machine, an address. */
  isCode?: boolean
  autofocus?: boolean
}

/** A line to fill in. */
export function Field(props: FieldProps) {
  const {name, label, hint, error, type = 'text', value, isRequired, isCode, autocomplete = 'off', ...rest} = props
  const {isOptional = !isRequired} = rest
  return (
    <FieldFrame name={name} label={label} hint={hint} error={error} isOptional={isOptional}>
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        required={isRequired}
        class={isCode ? 'code' : undefined}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        minlength={undefined}
        {...pointers({name, hint, error})}
        placeholder={rest.placeholder}
        inputmode={rest.inputmode}
        min={rest.min}
        max={rest.max}
        maxlength={rest.maxLength}
        autofocus={rest.autofocus}
      />
    </FieldFrame>
  )
}

export interface TextAreaProps extends Described {
  value?: string | undefined
  rows?: number
  isRequired?: boolean
  isCode?: boolean
}

/** Several lines to fill in. */
export function TextArea({name, label, hint, error, value, rows = 3, isRequired, isCode}: TextAreaProps) {
  return (
    <FieldFrame name={name} label={label} hint={hint} error={error} isOptional={!isRequired}>
      <textarea
        id={name}
        name={name}
        rows={rows}
        required={isRequired}
        class={isCode ? 'code' : undefined}
        spellcheck={false}
        {...pointers({name, hint, error})}
      >
        {value}
      </textarea>
    </FieldFrame>
  )
}

export interface SelectProps extends Described {
  value?: string | undefined
  options: readonly {value: string; label: string}[]
}

export function Select({name, label, hint, error, value, options}: SelectProps) {
  return (
    <FieldFrame name={name} label={label} hint={hint} error={error}>
      <select id={name} name={name} {...pointers({name, hint, error})}>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

interface FieldFrameProps extends Described {
  isOptional?: boolean
  children?: Child
}

function FieldFrame({name, label, hint, error, isOptional, children}: FieldFrameProps) {
  return (
    <div class={error === undefined ? 'field' : 'field wrong'}>
      <label for={name}>
        {label}
        {isOptional && <span class="soft"> (optional)</span>}
      </label>
      <Explanations name={name} hint={hint} error={error} />
      {children}
    </div>
  )
}

/** The hint and the error of a field, with the ids that `pointers` names. */
export function Explanations({name, hint, error}: Pick<Described, 'name' | 'hint' | 'error'>) {
  return (
    <>
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </>
  )
}

/** What leads a screen reader from a control to its hint and its error. */
function pointers({name, hint, error}: Pick<Described, 'name' | 'hint' | 'error'>) {
  const ids = [hint !== undefined && `${name}-hint`, error !== undefined && `${name}-error`].filter(Boolean)
  return {
    'aria-describedby': ids.length > 0 ? ids.join(' ') : undefined,
    'aria-invalid': error === undefined ? undefined : 'true',
  }
}
