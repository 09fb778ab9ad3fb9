/** What oidc-provider keeps, per model and id. Its own memory adapter is shared by all servers and forgets after 1,000. */
export function createOidcMemory(onStored: (model: string, id: string) => void): new (model: string) => object {
  type Payload = Record<string, unknown>
  const stored = new Map<string, Payload>()

  function findBy(model: string, member: string, value: string): Payload | undefined {
    return [...stored].find(([key, payload]) => key.startsWith(`${model}:`) && payload[member] === value)?.[1]
  }

  return class OidcMemory {
    readonly #model: string

    constructor(model: string) {
      this.#model = model
    }

    upsert(id: string, payload: Payload): Promise<void> {
      onStored(this.#model, id)
      stored.set(`${this.#model}:${id}`, payload)
      return Promise.resolve()
    }

    find(id: string): Promise<Payload | undefined> {
      return Promise.resolve(stored.get(`${this.#model}:${id}`))
    }

    findByUserCode(userCode: string): Promise<Payload | undefined> {
      return Promise.resolve(findBy(this.#model, 'userCode', userCode))
    }

    findByUid(uid: string): Promise<Payload | undefined> {
      return Promise.resolve(findBy(this.#model, 'uid', uid))
    }

    consume(id: string): Promise<void> {
      const payload = stored.get(`${this.#model}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1000)
      return Promise.resolve()
    }

    destroy(id: string): Promise<void> {
      stored.delete(`${this.#model}:${id}`)
      return Promise.resolve()
    }

    revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, payload] of stored) {
        // Interactions name a grant as well, and go on: somebody else is signing in.
        if (payload.grantId === grantId && !key.startsWith('Interaction:')) stored.delete(key)
      }
      return Promise.resolve()
    }
  }
}
