import type {Child} from 'hono/jsx'

import {Explanations} from './field.js'

export interface ChoiceOption {
  value: string
  label: Child
  hint?: Child
  isChosen?: boolean
  isDisabled?: boolean
}

export interface ChoicesProps {
  name: string
  /** Where several such questions are sent under one name. Default: the name. */
  id?: string
  /** What is asked. */
  label: Child
  hint?: Child
  error?: string | undefined
  /** `one` for radio buttons, `any` for boxes to tick. */
  kind: 'one' | 'any'
  options: readonly ChoiceOption[]
  /** With a script: a box that narrows the options down as one types. Its label. */
  filterLabel?: string
}

/** A question with several answers to choose from. */
export function Choices({name, id = name, label, hint, error, kind, options, filterLabel}: ChoicesProps) {
  return (
    <fieldset
      class={error === undefined ? 'choices' : 'choices wrong'}
      id={id}
      aria-describedby={describedBy(id, hint, error)}
      tabindex={-1}
      data-filter={filterLabel}
    >
      <legend>{label}</legend>
      <Explanations name={id} hint={hint} error={error} />
      {options.map((option, index) => (
        <Choice name={name} kind={kind} id={`${id}-${String(index)}`} option={option} />
      ))}
    </fieldset>
  )
}

export interface CheckboxProps {
  name: string
  label: Child
  hint?: Child
  isChosen?: boolean
}

/** One box to tick, which sends `yes`. */
export const Checkbox = ({name, ...option}: CheckboxProps) => (
  <Choice name={name} kind="any" id={name} option={{value: 'yes', ...option}} />
)

interface ChoiceProps {
  name: string
  kind: ChoicesProps['kind']
  id: string
  option: ChoiceOption
}

function Choice({name, kind, id, option}: ChoiceProps) {
  const {value, label, hint, isChosen, isDisabled} = option
  return (
    <div class="choice">
      <input
        type={kind === 'one' ? 'radio' : 'checkbox'}
        id={id}
        name={name}
        value={value}
        checked={isChosen}
        disabled={isDisabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      />
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

function describedBy(name: string, hint: Child | undefined, error: string | undefined): string | undefined {
  const ids = [hint !== undefined && `${name}-hint`, error !== undefined && `${name}-error`].filter(Boolean)
  return ids.length > 0 ? ids.join(' ') : undefined
}
