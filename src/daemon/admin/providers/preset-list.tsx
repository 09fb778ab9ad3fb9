import type {PresetDescription, ProviderSource} from '../../../broker/broker-deps.js'
import {Button} from '../parts/button.js'
import {Field} from '../parts/field.js'
import {SearchForm} from '../parts/form.js'
import {Empty, Panel} from '../parts/layout.js'
import {Table} from '../parts/table.js'
import {ADD_HREF} from './provider-address.js'

/** More than this nobody reads; the box above narrows them down. */
const MAX_SHOWN = 30

interface NamedPreset extends PresetDescription {
  name: string
}

/** The presets in whose name or title this text is; those that were held against documentation first. */
export function searchPresets(
  {listPresetNames, describePreset}: Pick<ProviderSource, 'listPresetNames' | 'describePreset'>,
  text: string,
): NamedPreset[] {
  const wanted = text.toLowerCase()
  const found = listPresetNames().flatMap((name) => {
    const preset = describePreset(name)
    return preset && `${name} ${preset.title.toLowerCase()}`.includes(wanted) ? [{...preset, name}] : []
  })
  const rank = (preset: NamedPreset): number => (preset.name === wanted ? 0 : preset.documented ? 1 : 2)
  return found.sort((a, b) => rank(a) - rank(b))
}

/** What there is to choose from when a service is set up. */
export function PresetList({text, found}: {text: string; found: readonly NamedPreset[]}) {
  return (
    <>
      <SearchForm action={ADD_HREF} label="Services">
        <Field name="q" type="search" label="Service" value={text} placeholder="twitch" maxLength={100} autofocus />
        <Button kind="quiet">Search</Button>
      </SearchForm>
      {found.length === 0 ? (
        <Empty title="behalf knows no such service">Set it up by its addresses, below.</Empty>
      ) : (
        <Table
          caption="Services that behalf knows"
          columns={[{title: 'Service'}, {title: 'Addresses'}, {title: 'Register an application at'}]}
          rows={found
            .slice(0, MAX_SHOWN)
            .map(({name, title, documented, registerUrl}) => [
              <a href={`${ADD_HREF}?${String(new URLSearchParams({preset: name}))}`}>
                {title.toLowerCase() === name ? title : `${title} (${name})`}
              </a>,
              documented ? 'compared with its documentation' : 'from a public list',
              registerUrl === undefined ? null : <span class="soft">{registerUrl}</span>,
            ])}
        />
      )}
      {found.length > MAX_SHOWN && (
        <p class="soft">{`${String(found.length - MAX_SHOWN)} more: type a part of the name.`}</p>
      )}
      <Panel title="Another service">
        <p>
          Any service that speaks OAuth 2 or OpenID Connect can be{' '}
          <a href={`${ADD_HREF}?other=yes`}>set up by its addresses</a>.
        </p>
      </Panel>
    </>
  )
}
