import type {FormTry} from '../add-action.js'
import type {AdminSession} from '../admin-env.js'
import {Button} from '../parts/button.js'
import {Checkbox, Choices} from '../parts/choice.js'
import {Field} from '../parts/field.js'
import {ActionForm} from '../parts/form.js'
import {Buttons, Panel} from '../parts/layout.js'

export interface ChangeFormProps {
  session: AdminSession
  user: string
  attempt: FormTry
  once: string
}

/** Gives, takes, or sets someone's points. */
export function ChangeForm({session, user, attempt: {values, errors}, once}: ChangeFormProps) {
  const kind = values.kind?.[0] ?? 'add'
  return (
    <Panel title="Change">
      <ActionForm action="/admin/points/user" session={session} hidden={{user, once}} class="stack">
        <Choices
          name="kind"
          label="What is done"
          kind="one"
          error={errors.kind}
          options={[
            {value: 'add', label: 'Add', isChosen: kind === 'add'},
            {value: 'remove', label: 'Remove', isChosen: kind === 'remove'},
            {value: 'set', label: 'Set to', isChosen: kind === 'set'},
          ]}
        />
        <Field
          name="points"
          label="Points"
          error={errors.points}
          value={values.points?.[0]}
          inputmode="numeric"
          isRequired
        />
        <Field
          name="why"
          label="Why"
          hint="Kept in the history."
          error={errors.why}
          value={values.why?.[0]}
          maxLength={500}
        />
        <Checkbox name="below_zero" label="Even if it leads below zero" isChosen={values.below_zero !== undefined} />
        <Buttons>
          <Button>Change the points</Button>
        </Buttons>
      </ActionForm>
    </Panel>
  )
}
