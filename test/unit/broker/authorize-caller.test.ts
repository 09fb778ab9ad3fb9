import assert from 'node:assert/strict'

import {authorizeCaller, type CallerInput, type Wanted} from '../../../src/broker/authorize-caller.js'
import {issueApiToken, type IssueTokenInput} from '../../../src/broker/issue-api-token.js'
import {BehalfError} from '../../../src/model/behalf-error.js'
import {makeBrokerWorld, type BrokerWorld} from '../../support/broker-world.js'
import {makeProvider} from '../../support/make-provider.js'

const TWITCH = makeProvider({name: 'twitch', dialect: 'twitch'})
const GITHUB = makeProvider({name: 'github'})

const HELIX: Wanted = {kind: 'call', provider: 'twitch', isHelix: true, method: 'GET', segments: ['users']}
const GITHUB_CALL: Wanted = {kind: 'call', provider: 'github', isHelix: false, method: 'GET', segments: ['user']}

describe('authorizeCaller', () => {
  let world: BrokerWorld
  before(async () => {
    world = await makeBrokerWorld()
    await world.addAccount(TWITCH, {userId: '1001', role: 'owner', login: 'streamer_sam'})
    await world.addAccount(TWITCH, {userId: '2002', login: 'techydrroid'})
    await world.addAccount(TWITCH, {userId: '2003', login: 'otherbot'})
    await world.addAccount(TWITCH, {userId: '2004', login: '2002'})
    await world.addAccount(TWITCH, {userId: '3001', role: 'user', login: 'viewer_vera', subject: 'slack:U02AB'})
    await world.addAccount(GITHUB, {userId: '77', login: 'techydrroid'})
    await world.addAccount(GITHUB, {userId: '78', role: 'owner', login: 'sam'})
  })
  after(() => world.dispose())

  const issue = async (parts: Partial<IssueTokenInput> = {}): Promise<string> => {
    const input = {name: 'made up', scopes: ['helix', 'api:github'], as: [], asAny: parts.as === undefined, ...parts}
    return (await issueApiToken(world.deps, input)).token.reveal()
  }

  /** What became of it: the key of the account that acts, or the code of the error. */
  async function outcome(
    token: string,
    actAs: CallerInput['actAs'] | string,
    wanted: Wanted = HELIX,
  ): Promise<string | undefined> {
    const input = {authorization: [`Bearer ${token}`], actAs: typeof actAs === 'string' ? [[actAs], []] : actAs}
    return authorizeCaller(world.deps, input, wanted).then(
      ({account}) => account?.key,
      (error: unknown) => (error instanceof BehalfError ? error.code : String(error)),
    )
  }

  describe('who acts', () => {
    const cases: [string, Partial<IssueTokenInput>, CallerInput['actAs'] | string, string][] = [
      ['the account that is named', {}, 'techydrroid', 'twitch:2002'],
      ['it, in any case', {}, 'TechyDrroid', 'twitch:2002'],
      ['it, with its provider', {}, 'twitch/techydrroid', 'twitch:2002'],
      ['it, by its id', {}, 'id:2002', 'twitch:2002'],
      ['a login before an id', {}, '2002', 'twitch:2004'],
      ['it, with blanks around it', {}, '  techydrroid ', 'twitch:2002'],
      ['it, in TAU’s header', {}, [[], ['techydrroid']], 'twitch:2002'],
      ['it, in both headers', {}, [['techydrroid'], ['techydrroid']], 'twitch:2002'],
      ['it, in one header while the other is blank', {}, [[''], ['techydrroid']], 'twitch:2002'],
      [
        'a user, where it is among those named',
        {as: ['subject:slack:U02AB']},
        'subject:slack:U02AB',
        'twitch@slack:U02AB',
      ],
      ['a user of a whole chat service', {as: ['subject:slack:*']}, 'subject:slack:U02AB', 'twitch@slack:U02AB'],
      ['a user at one provider', {as: ['twitch/subject:slack:*']}, 'subject:slack:U02AB', 'twitch@slack:U02AB'],
      ['the only user', {as: ['subject:slack:U02AB']}, [[], []], 'twitch@slack:U02AB'],
      ['nobody, where it may be any user', {as: ['subject:slack:*']}, [[], []], 'invalid-input'],
      ['nobody, where the only user has linked nothing', {as: ['subject:slack:U9']}, [[], []], 'account-not-found'],
      ['nobody, for a user of another chat', {as: ['subject:webex:*']}, 'subject:slack:U02AB', 'refused'],
      ['nobody, for a user at another provider', {as: ['github/subject:slack:*']}, 'subject:slack:U02AB', 'refused'],
      ['nobody, for a bot', {as: ['subject:slack:*']}, 'techydrroid', 'refused'],
      [
        'the default user, where several may act',
        {as: ['subject:slack:*', 'techydrroid'], defaultAs: 'subject:slack:U02AB'},
        [[], []],
        'twitch@slack:U02AB',
      ],
      [
        'the default account, where none is named',
        {as: ['techydrroid', 'otherbot'], defaultAs: 'otherbot'},
        [[], []],
        'twitch:2003',
      ],
      [
        'the default account, for a blank header',
        {as: ['id:2002', 'otherbot'], defaultAs: 'otherbot'},
        ' ',
        'twitch:2003',
      ],
      ['the default account before the owner', {defaultAs: 'otherbot'}, [[], []], 'twitch:2003'],
      ['the only account', {as: ['twitch/techydrroid']}, [[], []], 'twitch:2002'],
      ['the only account of that provider', {as: ['twitch/techydrroid', 'github/sam']}, [[], []], 'twitch:2002'],
      ['the owner, where it may be any', {}, [[], []], 'twitch:1001'],
      [
        'the owner, where the default is one of another provider',
        {defaultAs: 'github/techydrroid'},
        [[], []],
        'twitch:1001',
      ],
      ['nobody, where it may be several', {as: ['twitch/techydrroid', 'otherbot']}, [[], []], 'invalid-input'],
      ['nobody, where the only one is of another provider', {as: ['github/sam']}, [[], []], 'invalid-input'],
      ['nobody, where a header is repeated', {}, [['techydrroid', 'techydrroid'], []], 'invalid-input'],
      ['nobody, where a blank header is repeated', {}, [['', ''], []], 'invalid-input'],
      ['nobody, where two headers differ', {}, [['techydrroid'], ['otherbot']], 'invalid-input'],
      ['nobody, where two headers differ in case', {}, [['techydrroid'], ['Techydrroid']], 'invalid-input'],
      ['nobody, where what is named is no name', {}, 'a b', 'invalid-input'],
      ['nobody, where an unknown account is named', {}, 'techydroid', 'account-not-found'],
      [
        'nobody, where an unknown account is named and there is a default',
        {defaultAs: 'otherbot'},
        'x',
        'account-not-found',
      ],
      ['nobody, where an account of another provider is named', {}, 'github/techydrroid', 'account-not-found'],
      ['nobody, where a login of another provider is named', {}, 'sam', 'account-not-found'],
      ['nobody, where an id is named as a login', {}, 'id:techydrroid', 'account-not-found'],
      ['nobody, where a user’s login is named', {}, 'viewer_vera', 'account-not-found'],
      ['nobody, where a name of the prototype is named', {}, '__proto__', 'account-not-found'],
      ['nobody, where the token may not act as who is named', {as: ['otherbot']}, 'techydrroid', 'refused'],
      ['nobody, where a user is named to a token for any', {}, 'subject:slack:U02AB', 'refused'],
      ['nobody, where the token may act as none', {scopes: ['account:read'], as: []}, [[], []], 'invalid-input'],
      [
        'nobody, where the token may act as none and one is named',
        {scopes: ['chat'], as: ['otherbot']},
        'id:2002',
        'refused',
      ],
    ]
    for (const [who, parts, actAs, expected] of cases) {
      it(`is ${who}`, async () => assert.equal(await outcome(await issue(parts), actAs), expected))
    }

    it('is the account of the provider that is called', async () => {
      const token = await issue()
      assert.equal(await outcome(token, 'techydrroid', GITHUB_CALL), 'github:77')
      assert.equal(await outcome(token, [[], []], GITHUB_CALL), 'github:78')
    })

    it('is nobody where there is no owner', async () => {
      assert.equal(await outcome(await issue(), [[], []], {...GITHUB_CALL, provider: 'gitlab'}), 'invalid-input')
    })

    it('is never another when the only one is gone', async () => {
      const key = (await world.addAccount(TWITCH, {userId: '2009'})).key
      const token = await issue({as: ['id:2009']})
      const lock = await world.store.accounts.lock(key, {waitMs: 1000})
      await lock.remove()
      await lock.release()
      assert.equal(await outcome(token, [[], []]), 'account-not-found')
    })

    it('is whoever has the login now', async () => {
      const token = await issue()
      const account = await world.addAccount(TWITCH, {userId: '2010', login: 'first_name'})
      assert.equal(await outcome(token, 'first_name'), account.key)
      const other = await world.openAgain()
      await other.store.accounts.update(account.key, (current) => ({...current, login: 'second_name'}))
      assert.equal(await outcome(token, 'first_name'), 'account-not-found')
      assert.equal(await outcome(token, 'second_name'), account.key)
    })

    it('is nobody where a login fits two accounts', async () => {
      for (const userId of ['2011', '2012']) await world.addAccount(TWITCH, {userId, login: 'twin'})
      assert.equal(await outcome(await issue(), 'twin'), 'ambiguous-account')
      assert.equal(await outcome(await issue(), 'id:2011'), 'twitch:2011')
    })
  })

  describe('what is looked at first', () => {
    it('is who calls', async () => {
      assert.equal(await outcome('bhf_nonsense', [['a', 'b'], []]), 'unauthenticated')
    })

    it('then the account', async () => {
      const token = await issue({scopes: ['chat'], as: ['otherbot']})
      assert.equal(await outcome(token, 'nobody_here'), 'account-not-found')
      assert.equal(await outcome(token, 'techydrroid'), 'refused')
    })

    it('then the scope', async () => {
      assert.equal(await outcome(await issue({scopes: ['helix:write'], as: ['otherbot']}), 'otherbot'), 'refused')
    })
  })

  describe('for a scope that is one word', () => {
    it('names no account, and takes no header for one', async () => {
      const token = await issue({scopes: ['admin'], as: []})
      assert.equal(await outcome(token, [['a', 'b'], ['c']], {kind: 'word', scope: 'admin'}), undefined)
      assert.equal(await outcome(token, '', {kind: 'word', scope: 'account:read'}), 'refused')
    })

    it('is not held by one that begins so', async () => {
      const token = await issue({scopes: ['points:read'], as: []})
      assert.equal(await outcome(token, '', {kind: 'word', scope: 'points'}), 'refused')
    })

    it('looks at the account that the path names by its key', async () => {
      const token = await issue({
        scopes: ['token:read'],
        as: ['twitch/techydrroid', 'subject:slack:U02AB'],
      })
      const of = (account: string): Wanted => ({kind: 'account', scope: 'token:read', account})
      assert.equal(await outcome(token, '', of('twitch:2002')), 'twitch:2002')
      assert.equal(await outcome(token, '', of('twitch@slack:U02AB')), 'twitch@slack:U02AB')
      assert.equal(await outcome(token, '', of('techydrroid')), 'account-not-found')
      assert.equal(await outcome(token, '', of('twitch:2003')), 'refused')
      assert.equal(await outcome(token, '', {...of('twitch:2002'), scope: 'account:read'} as Wanted), 'refused')
    })
  })

  describe('for scopes that someone else asks for', () => {
    const asks = (scopes: string[], parts: Partial<Extract<Wanted, {kind: 'scopes'}>> = {}): Wanted => ({
      kind: 'scopes',
      scopes,
      needsAccount: true,
      ...parts,
    })

    it('wants all of them', async () => {
      const token = await issue({scopes: ['helix:read', 'chat'], as: ['otherbot']})
      assert.equal(await outcome(token, '', asks(['chat', 'helix:GET:/users'])), 'twitch:2003')
      assert.equal(await outcome(token, '', asks(['chat', 'helix:POST:/users'])), 'refused')
    })

    it('takes Twitch where a name or the owner fits several providers', async () => {
      const token = await issue()
      assert.equal(await outcome(token, 'techydrroid', asks(['helix'])), 'twitch:2002')
      assert.equal(await outcome(token, 'github/techydrroid', asks(['api:github'])), 'github:77')
      assert.equal(await outcome(token, '', asks(['helix'])), 'twitch:1001')
      assert.equal(await outcome(token, '', asks(['api:github'], {provider: 'github'})), 'github:78')
    })

    it('needs no account where it is not to act', async () => {
      const token = await issue({scopes: ['points:read'], as: []})
      assert.equal(await outcome(token, '', asks(['points:read'], {needsAccount: false})), undefined)
      assert.equal(await outcome(token, '', asks(['points:read'])), 'invalid-input')
      assert.equal(await outcome(token, 'nobody', asks(['points:read'], {needsAccount: false})), 'account-not-found')
    })
  })

  it('tells who calls before it refuses', async () => {
    const token = await issue({scopes: ['chat'], as: ['otherbot']})
    const known: string[] = []
    const input = {authorization: [`Token ${token}`], actAs: []}
    await assert.rejects(
      authorizeCaller(world.deps, input, HELIX, ({id}) => known.push(id)),
      {code: 'refused', message: 'The API token lacks a scope for this call, such as helix:read.'},
    )
    assert.deepEqual(known, [token.slice(4, 12)])
  })

  it('says nothing of the API token in an error', async () => {
    const token = await issue({scopes: ['chat'], as: ['otherbot']})
    for (const authorization of [[`Bearer ${token}`], [`Bearer ${token.slice(0, -1)}`]]) {
      const error: unknown = await authorizeCaller(world.deps, {authorization, actAs: []}, HELIX).catch(
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof BehalfError)
      assert.doesNotMatch(`${error.message} ${String(error.hint)} ${String(error.stack)}`, /bhf_/)
    }
  })
})
