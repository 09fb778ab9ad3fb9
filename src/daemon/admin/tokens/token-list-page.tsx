import {z} from 'zod'

import {listSessions, type AdminSession as LiveSession} from '../../../broker/admin-sessions.js'
import {listApiTokens} from '../../../broker/api-tokens.js'
import type {ApiTokenView} from '../../../model/api-token.js'
import type {EpochMs} from '../../../model/time.js'
import {addPage} from '../add-page.js'
import type {Admin, AdminSession} from '../admin-env.js'
import {Button, LinkButton} from '../parts/button.js'
import {Field} from '../parts/field.js'
import {SearchForm} from '../parts/form.js'
import {Empty, Pager} from '../parts/layout.js'
import {Page} from '../parts/page.js'
import {PageSessions} from './page-sessions.js'
import {TokenList} from './token-list.js'

const PER_PAGE = 50

/** What stands in the address; what makes no sense there is left out. */
const query = z.object({
  q: z.string().trim().max(200).catch(''),
  show: z.enum(['active', 'ended']).catch('active'),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
})

type Asked = z.output<typeof query>

/** The API tokens that open something, or those that do no more; the newest first. */
export function addTokenListPage(admin: Admin): void {
  const {deps} = admin
  addPage(admin, '/admin/tokens', async (context) => {
    const asked = query.parse(context.req.query())
    const [tokens, live] = await Promise.all([listApiTokens(deps), listSessions(deps)])
    return <TokenListPage session={context.get('session')} asked={asked} tokens={tokens.reverse()} live={live} />
  })
}

interface TokenListPageProps {
  session: AdminSession
  asked: Asked
  tokens: readonly ApiTokenView[]
  live: readonly LiveSession[]
}

function TokenListPage({session, asked, tokens, live}: TokenListPageProps) {
  const ended = tokens.filter(({state}) => state !== 'active')
  const active = tokens.filter(({state}) => state === 'active')
  const isEnded = asked.show === 'ended'
  const found = (isEnded ? ended : active).filter((token) => fits(token, asked.q))
  return (
    <Page
      title={isEnded ? 'API tokens that are over' : 'API tokens'}
      section="tokens"
      session={session}
      {...(isEnded && {parent: {title: 'API tokens', href: '/admin/tokens'}})}
      actions={
        <LinkButton kind="primary" href="/admin/tokens/issue">
          Issue an API token
        </LinkButton>
      }
    >
      {tokens.length === 0 ? (
        <Empty title="No API token yet">
          Every program that calls behalf holds one of its own. It may do what you choose, as the accounts that you
          choose, and can be revoked at any time.
        </Empty>
      ) : (
        <>
          <Search asked={asked} />
          <Found asked={asked} found={found} now={session.now} />
          {!isEnded && ended.length > 0 && (
            <p>
              <a href="/admin/tokens?show=ended">{`Revoked and expired ones (${String(ended.length)})`}</a>
            </p>
          )}
        </>
      )}
      {!isEnded && <PageSessions session={session} live={live} />}
    </Page>
  )
}

const Search = ({asked}: {asked: Asked}) => (
  <SearchForm action="/admin/tokens" label="Search the API tokens">
    {asked.show === 'ended' && <input type="hidden" name="show" value="ended" />}
    <Field name="q" type="search" label="Name, id, scope or account" value={asked.q} />
    <Button kind="quiet">Search</Button>
  </SearchForm>
)

function Found({asked, found, now}: {asked: Asked; found: readonly ApiTokenView[]; now: EpochMs}) {
  if (found.length === 0) return <Empty title={asked.q === '' ? 'None' : 'None fits'} />
  const pages = Math.ceil(found.length / PER_PAGE)
  const page = Math.min(asked.page, pages)
  const first = (page - 1) * PER_PAGE
  const shown = found.slice(first, first + PER_PAGE)
  return (
    <>
      <TokenList tokens={shown} now={now} caption="API tokens, the newest first" />
      {pages > 1 && (
        <Pager
          text={`${String(first + 1)}–${String(first + shown.length)} of ${String(found.length)}`}
          previous={page > 1 ? hrefOf(asked, page - 1) : undefined}
          next={page < pages ? hrefOf(asked, page + 1) : undefined}
        />
      )}
    </>
  )
}

function hrefOf({q, show}: Asked, page: number): string {
  const parameters = new URLSearchParams({...(q !== '' && {q}), ...(show !== 'active' && {show}), page: String(page)})
  return `/admin/tokens?${parameters.toString()}`
}

/** Every word stands somewhere. */
function fits({id, name, scopes, as, issuedTo = ''}: ApiTokenView, text: string): boolean {
  const told = [id, name, issuedTo, ...scopes, ...as].join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word))
}
