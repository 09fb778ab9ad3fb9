import {Choices} from '../parts/choice.js'
import {CopyBlock} from '../parts/copy-block.js'
import {TextArea, type FieldErrors} from '../parts/field.js'
import {Panel} from '../parts/layout.js'
import {listEndpointGroups, type ScopeChoice, type ScopeGroup} from './scope-choices.js'
import {terminalCommandFor, type TokenWish} from './token-wish.js'

export interface ScopeChooserProps {
  groups: readonly ScopeGroup[]
  wish: TokenWish
  errors: FieldErrors
}

/** What the program shall do, in words: common things to tick, single endpoints to find, and room for the rest. */
export function ScopeChooser({groups, wish, errors}: ScopeChooserProps) {
  const chosen = new Set(wish.scopes)
  const endpoints = listEndpointGroups().flatMap(({title, choices}) =>
    choices.map((choice) => ({...choice, hint: `${title}. ${choice.hint}`})),
  )
  const offered = [...groups.flatMap(({choices}) => choices), ...endpoints]
  const others = wish.scopes.filter((scope) => !offered.some((choice) => choice.scope === scope))
  const isOneChosen = endpoints.some(({scope}) => chosen.has(scope))
  const optionOf = ({scope, label, hint}: ScopeChoice) => ({value: scope, label, hint, isChosen: chosen.has(scope)})
  return (
    <Panel title="What shall the program do?">
      {groups.map(({title, choices}, index) => (
        <Choices
          name="scope"
          {...(index > 0 && {id: `scopes-${String(index)}`})}
          label={title}
          error={index === 0 ? errors.scope : undefined}
          kind="any"
          options={choices.map(optionOf)}
        />
      ))}
      <details open={isOneChosen}>
        <summary>{`Only single endpoints of the Twitch API (${String(endpoints.length)})`}</summary>
        <Choices
          name="scope"
          id="endpoints"
          label="Endpoints"
          hint="The program may make these calls, and what else is ticked above."
          kind="any"
          options={endpoints.map(optionOf)}
          filterLabel="Find an endpoint: name, path, topic or Twitch scope"
        />
      </details>
      <details open={others.length > 0 || errors.more_scopes !== undefined}>
        <summary>Patterns of paths, and scopes by name</summary>
        <TextArea
          name="more_scopes"
          label="More scopes"
          hint="One a line, such as helix:*:/channels/** or api:github:GET:/user. A * stands for one part of a path, a ** at its end for all that follows."
          error={errors.more_scopes}
          value={others.join('\n')}
          isCode
        />
      </details>
      <details>
        <summary>More than a page may give</summary>
        <p>
          The scopes <code>admin</code> and <code>token:read</code> lead to everything that behalf keeps, so they are
          given at the terminal alone, by whoever can open the store.
        </p>
        <CopyBlock label="At the terminal" text={terminalCommandFor(wish.name)} />
      </details>
    </Panel>
  )
}
