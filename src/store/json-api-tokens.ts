import {readApiToken, toApiTokenRecord} from './api-token-record.js'
import {compareText} from './compare-text.js'
import type {DocumentBase} from './document-base.js'
import {OpenedRecords} from './opened-records.js'
import {SoftNotes} from './soft-notes.js'
import type {TokenSection} from './part-sessions.js'

/** API tokens of the JSON store and what is kept beside them, with what is soft about them. */
export interface JsonApiTokens extends TokenSection {
  /** Saves what is soft. */
  flush(): Promise<void>
}

export function createJsonApiTokens(base: DocumentBase): JsonApiTokens {
  // What was noted before a rotation is about the old secret.
  const notes = new SoftNotes(base, {section: 'apiTokens', field: 'lastUsedAt', since: 'issuedAt'})
  const opened = new OpenedRecords(readApiToken)
  return {
    async get(id) {
      const document = await base.read()
      const record = document.sections.apiTokens.get(id)
      if (record === undefined) return undefined
      return notes.layOver(id, opened.get(record, id, await base.openKeys(document)))
    },

    async list() {
      const {apiTokens} = (await base.read()).sections
      return Array.from(apiTokens, ([id, record]) => notes.layOver(id, readApiToken(record, id))).sort(
        (a, b) => a.issuedAt - b.issuedAt || compareText(a.id, b.id),
      )
    },

    async put(token) {
      await base.change((draft) => {
        draft.set('apiTokens', token.id, toApiTokenRecord(token))
      })
    },

    add: (token) =>
      base.change((draft) => {
        if (draft.get('apiTokens', token.id) !== undefined) return false
        draft.set('apiTokens', token.id, toApiTokenRecord(token))
        return true
      }),

    async update(id, change) {
      if (!(await base.read()).sections.apiTokens.has(id)) return undefined
      return base.change((draft) => {
        const record = draft.get('apiTokens', id)
        if (record === undefined) return undefined
        const token = {...change(notes.layOver(id, readApiToken(record, id))), id}
        draft.set('apiTokens', id, toApiTokenRecord(token))
        return token
      })
    },

    async remove(id) {
      notes.forget(id)
      if (!(await base.read()).sections.apiTokens.has(id)) return false
      return base.change((draft) => draft.delete('apiTokens', id))
    },

    noteUsed(id, at) {
      notes.add(id, at)
      return Promise.resolve()
    },

    flush: () => notes.flush(),

    async mac(salt, secret) {
      return (await base.openKeys(await base.read())).mac(salt, secret.reveal())
    },
  }
}
