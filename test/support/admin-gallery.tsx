import {Badge, Chips} from '../../src/daemon/admin/parts/badge.js'
import {ActionButton, Button, LinkButton} from '../../src/daemon/admin/parts/button.js'
import {Checkbox, Choices} from '../../src/daemon/admin/parts/choice.js'
import {Confirm} from '../../src/daemon/admin/parts/confirm.js'
import {CopyBlock} from '../../src/daemon/admin/parts/copy-block.js'
import {ErrorSummary} from '../../src/daemon/admin/parts/error-summary.js'
import {Field, Select, TextArea} from '../../src/daemon/admin/parts/field.js'
import {Foreign} from '../../src/daemon/admin/parts/foreign.js'
import {ActionForm, SearchForm} from '../../src/daemon/admin/parts/form.js'
import {Buttons, Empty, Facts, Pager, Panel} from '../../src/daemon/admin/parts/layout.js'
import {Notice, type Tone} from '../../src/daemon/admin/parts/notice.js'
import {Page, type PageSession} from '../../src/daemon/admin/parts/page.js'
import {Table} from '../../src/daemon/admin/parts/table.js'
import {TimeLeft} from '../../src/daemon/admin/parts/time-left.js'
import {Time} from '../../src/daemon/admin/parts/time.js'
import {DAY_MS, HOUR_MS, MINUTE_MS} from '../../src/model/time.js'

const TONES: readonly Tone[] = ['good', 'warn', 'bad', 'info', 'quiet']

const NAMES = [
  'techydrroid',
  'streamer_sam',
  'ب'.repeat(4) + ' مرحبا بالعالم',
  '\u202Eturned around\u202C',
  'a'.repeat(120),
  '<b onclick="alert(1)">bold</b>',
  '日本語の名前',
  'viewer_vera',
  'otherbot',
]

/** Every part of the admin page in every state, on one page. */
export function Gallery({now}: {now: number}) {
  const session: PageSession = {csrfToken: 'made-up', now, note: {tone: 'good', text: 'The bot was added.'}}
  const errors = {login: 'Nobody has this name.', note: 'This is too long.', '': 'Try again.'}
  return (
    <Page
      title="All parts"
      section="accounts"
      session={session}
      parent={{title: 'Accounts', href: '/admin/accounts'}}
      actions={
        <>
          <LinkButton href="/admin/accounts" kind="primary">
            Add a bot
          </LinkButton>
          <ActionButton href="/admin/accounts" session={session}>
            Refresh all
          </ActionButton>
        </>
      }
    >
      {TONES.map((tone) => (
        <Notice tone={tone} title={`This is ${tone}`}>
          And what is to be done about it.
        </Notice>
      ))}
      <SearchForm action="/admin/accounts" label="Search accounts">
        <Field name="q" label="Name" type="search" isRequired />
        <Select name="state" label="State" options={[{value: 'all', label: 'All'}]} />
        <Button kind="quiet">Search</Button>
      </SearchForm>
      <Table
        caption="Accounts"
        filterLabel="Filter these accounts"
        columns={[
          {title: 'Account'},
          {title: 'State'},
          {title: 'Scopes'},
          {title: 'Time left'},
          {title: 'Last refresh'},
          {title: 'Calls', isNumber: true},
          {title: 'Actions', isActions: true},
        ]}
        rows={NAMES.map((name, index) => [
          <a href="/admin/accounts">
            <Foreign text={name} />
          </a>,
          <Badge tone={TONES[index % TONES.length] ?? 'good'}>
            {['Works', 'In doubt', 'Login needed', 'Expired', 'Unfinished'][index % 5]}
          </Badge>,
          <Chips
            words={['chat:read', 'chat:edit', 'user:read:chat', 'moderator:manage:banned_users'].slice(index % 5)}
          />,
          <TimeLeft
            from={now - index * HOUR_MS}
            until={index === 3 ? undefined : now + (5 - index) * HOUR_MS}
            now={now}
          />,
          <Time at={index === 2 ? undefined : now - index * 37 * MINUTE_MS} now={now} />,
          String(1234 * index),
          <ActionButton href="/admin/accounts" session={session} isSmall>
            Refresh now
          </ActionButton>,
        ])}
      />
      <Pager text="1–9 of 10,000" next="/admin/accounts?after=9" />
      <div class="columns">
        <Panel
          title="Facts"
          actions={
            <LinkButton href="/admin/accounts" isSmall>
              Edit
            </LinkButton>
          }
        >
          <Facts
            rows={[
              ['Provider', 'twitch'],
              ['Added', <Time at={now - 90 * DAY_MS} now={now} />],
              ['Next refresh', <Time at={now + 2 * HOUR_MS} now={now} />],
              ['Absent', undefined],
              ['Scopes', <Chips words={Array.from({length: 20}, (_, index) => `made:up:scope${String(index)}`)} />],
            ]}
          />
        </Panel>
        <Panel title="Nothing">
          <Empty title="No API token yet">A program needs one to act as an account.</Empty>
        </Panel>
      </div>
      <ErrorSummary errors={errors} />
      <ActionForm action="/admin/accounts" session={session} class="stack card">
        <Field name="login" label="Login" hint="As it is written at Twitch." error={errors.login} isRequired />
        <Field name="secret" label="Client secret" type="password" />
        <TextArea
          name="note"
          label="Paths"
          error={errors.note}
          isCode
          value={'helix:GET:/users\nhelix:*:/channels/**'}
        />
        <Choices
          name="scope"
          label="What may it do?"
          hint="Choose as little as will do."
          kind="any"
          filterLabel="Filter"
          options={Array.from({length: 10}, (_, index) => ({
            value: String(index),
            label: `Choice ${String(index)}`,
            hint: 'What it allows.',
            isChosen: index === 2,
          }))}
        />
        <Choices
          name="until"
          label="Until when?"
          kind="one"
          error="Choose one."
          options={[
            {value: 'never', label: 'No end'},
            {value: '90d', label: '90 days', isDisabled: true},
          ]}
        />
        <Checkbox name="keep" label="Keep the grant" hint="It is not revoked at the provider." />
        <Buttons>
          <Button>Save</Button>
          <LinkButton href="/admin/accounts">Cancel</LinkButton>
        </Buttons>
      </ActionForm>
      <CopyBlock
        label="With curl"
        text={`curl -H @- http://localhost:8420/api/twitch/helix/users <<'end'\nAuthorization: Bearer bhf_${'x'.repeat(46)}\nend`}
      />
      <Confirm session={session} action="/admin/accounts" label="Remove techydrroid" cancelHref="/admin/accounts">
        <p>Its tokens are revoked at Twitch and forgotten here.</p>
      </Confirm>
    </Page>
  )
}
