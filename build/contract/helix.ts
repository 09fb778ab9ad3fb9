import {z} from 'zod'

const grants = {
  granted_by: z.string().describe('the parameter that names who granted it, or a phrase'),
  all_of: z.array(z.string()).describe('scopes that are all needed'),
}

export const endpoints = z
  .strictObject({
    endpoints: z
      .array(
        z
          .strictObject({
            method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('HTTP method'),
            path: z.string().describe('below the API’s address, with a leading slash'),
            name: z.string().describe('as the reference calls it'),
            category: z.string().describe('under which the reference lists it'),
            summary: z.string().describe('what it does'),
            scopes: z.array(z.string()).describe('any one of them suffices; empty: none is needed'),
            scopes_optional: z.boolean().describe('without any of them it answers less instead of refusing'),
            optional_scopes: z.array(z.string()).describe('what adds to the answer'),
            token_kinds: z.array(z.enum(['user', 'app', 'extension-jwt', 'none'])).describe('whose token it takes'),
            app_token_needs_grant: z
              .strictObject({
                ...grants,
                any_of: z.array(z.string()).describe('scopes of which one is needed'),
                channel: z
                  .strictObject({...grants, unless: z.string().optional().describe('when not')})
                  .optional()
                  .describe('what the broadcaster must have granted besides'),
              })
              .optional()
              .describe('what must have been granted for an app token to act'),
            query: z
              .array(
                z.strictObject({
                  name: z.string().describe('of the parameter'),
                  required: z.boolean().describe('whether it must be there'),
                  repeatable: z.boolean().describe('whether it may be there more than once'),
                }),
              )
              .describe('query parameters'),
            query_one_of: z.array(z.string()).describe('parameters of which one is needed'),
            body: z.record(z.string(), z.unknown()).nullable().describe('names and types of the JSON body'),
            body_required: z.array(z.string()).describe('names that the body must have'),
            user_must_match: z.string().nullable().describe('the parameter that must name who acts, or a phrase'),
            filled_in: z.boolean().describe('whether that parameter is added where it is left out'),
            success: z.int().describe('the status of a success'),
            paginated: z.boolean().describe('whether `--paginate` follows it'),
            page_size: z
              .strictObject({
                default: z.int().nullable().describe('without `first`'),
                max: z.int().nullable().describe('at most'),
              })
              .optional()
              .describe('items on a page'),
            deprecated: z.boolean().describe('it answers 410'),
            note: z.string().optional().describe('what else to know'),
            example: z.string().optional().describe('a command to try'),
          })
          .meta({id: 'Endpoint'}),
      )
      .describe('in the order of the reference'),
  })
  .meta({id: 'EndpointList'})

export const batchLine = z
  .strictObject({
    line: z.int().positive().describe('the line of the input, counted from 1'),
    status: z.int().optional().describe('what Twitch answered with; not there: it was not asked'),
    body: z.unknown().optional().describe('its body, parsed; text if it is not JSON'),
    error: z
      .strictObject({
        code: z.string().describe('as of an error'),
        message: z.string().describe('for people'),
        hint: z.string().optional().describe('what to do'),
      })
      .optional()
      .describe('what failed'),
  })
  .meta({id: 'BatchLine'})
