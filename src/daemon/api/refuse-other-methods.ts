import {answerFailure} from './answer-failure.js'
import type {ApiApp} from './api-app.js'

/** Where there is something, but not for that method (RFC 9110 15.5.6). Comes after all routes. */
export function refuseOtherMethods(app: ApiApp): void {
  const methods = new Map<string, string[]>()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const {path, method} = definition.route
    const known = methods.get(path) ?? []
    methods.set(path, [...known, method.toUpperCase(), ...(method === 'get' ? ['HEAD'] : [])])
  }
  for (const [path, allowed] of methods) {
    app.all(path.replaceAll(/\{(.+?)\}/g, ':$1'), (context) => {
      context.header('Allow', allowed.join(', '))
      return answerFailure(context, {
        status: 405,
        code: 'method-not-allowed',
        message: `Only ${allowed.join(', ')} is taken here.`,
      })
    })
  }
}
