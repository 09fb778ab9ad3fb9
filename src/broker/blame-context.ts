import {describeSource, type AccountContext} from '../model/account-context.js'
import {BehalfError} from '../model/behalf-error.js'

/** Whoever typed no name must be told where the wrong one comes from. */
export async function blameContext<T>(
  context: AccountContext | undefined,
  said: {provider?: string},
  find: () => Promise<T>,
): Promise<T> {
  try {
    return await find()
  } catch (error) {
    const place = context && describeSource(context)
    const isItsWord = context?.as !== undefined || (context?.provider !== undefined && said.provider === undefined)
    if (!(error instanceof BehalfError) || place === undefined || !isItsWord) throw error
    const {code, message, hint} = error
    throw new BehalfError(code, `${place}: ${message}`, {cause: error, ...(hint !== undefined && {hint})})
  }
}
