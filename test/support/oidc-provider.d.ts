/** The parts of oidc-provider that the tests use; it brings no types of its own. */
declare module 'oidc-provider' {
  import type {IncomingMessage, ServerResponse} from 'node:http'

  export interface Interaction {
    uid: string
    prompt: {name: string}
    params: {client_id: string; scope?: string}
    session?: {accountId?: string}
  }

  export class Grant {
    constructor(of: {accountId: string; clientId: string})
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export interface KoaContext {
    oidc: {params: {grant_type?: string; code_verifier?: string}}
  }

  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly Grant: typeof Grant
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options: {mergeWithLastSubmission: boolean},
    ): Promise<void>
    on(event: 'grant.success', listener: (context: KoaContext) => void): this
    on(event: 'grant.error', listener: (context: KoaContext, error: Error) => void): this
  }
}
