import assert from 'node:assert/strict'

import {DocumentDraft} from '../../../src/store/document-draft.js'
import {createEmptyDocument, type StoreDocument} from '../../../src/store/document.js'

describe('DocumentDraft', () => {
  const record = {made: 'up'}

  function makeDocument(): StoreDocument {
    const empty = createEmptyDocument()
    return {...empty, sections: {...empty.sections, accounts: new Map([['a', record]])}}
  }

  it('leaves the document it came from as it was', () => {
    const document = makeDocument()
    const draft = new DocumentDraft(document)
    draft.set('accounts', 'b', {})
    draft.delete('accounts', 'a')
    assert.deepEqual([...document.sections.accounts], [['a', record]])
    assert.deepEqual([...draft.sections().accounts.keys()], ['b'])
    assert.equal(draft.sections().flows, document.sections.flows, 'what is not written to is not copied')
  })

  it('takes back all that a change did before it threw, and nothing else', () => {
    const draft = new DocumentDraft(makeDocument())
    draft.attempt(() => {
      draft.set('flows', 'kept', {})
    })
    const spoil = (): void => {
      draft.attempt(() => {
        draft.set('accounts', 'a', {changed: true})
        draft.set('accounts', 'a', {changed: 'again'})
        draft.set('accounts', 'b', {})
        draft.delete('accounts', 'a')
        draft.withholdFromBackup('a')
        throw new Error('made up')
      })
    }
    assert.throws(spoil, /made up/)
    assert.deepEqual([...draft.sections().accounts], [['a', record]])
    assert.equal(draft.withheldAccounts.size, 0)
    assert.deepEqual([...draft.sections().flows.keys()], ['kept'])
  })

  it('has changed when something was written, and not when that was taken back or deleted nothing', () => {
    const draft = new DocumentDraft(makeDocument())
    assert.equal(draft.delete('accounts', 'none'), false)
    const spoil = (): void => {
      draft.attempt(() => {
        draft.set('accounts', 'b', {})
        throw new Error('made up')
      })
    }
    assert.throws(spoil, /made up/)
    assert.equal(draft.hasChanged, false)
    draft.touch()
    assert.equal(draft.hasChanged, true)
  })
})
