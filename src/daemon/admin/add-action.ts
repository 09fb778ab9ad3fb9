import type {z} from 'zod'

import {BehalfError} from '../../model/behalf-error.js'
import {HTTP_STATUSES} from '../http-statuses.js'
import type {Admin, AdminContext, Html} from './admin-env.js'
import {checkForm} from './check-form.js'
import {leaveNote, type Note} from './note-cookie.js'
import type {FieldErrors} from './parts/field.js'
import {readForm, type FormValues} from './read-form.js'

/** What was sent, and what is wrong with it. */
export interface FormTry {
  values: FormValues
  /** By the names of the fields; `''`: of the whole. */
  errors: FieldErrors
}

/** What became of a form: where to go on, and what to say there, once; or what to answer, a page with 200. */
export type Done = {goTo: string; note?: string | Note} | Html | Response

export interface Action<Path extends string, Fields extends z.ZodType> {
  /**
   * The fields, as texts: a form of texts is checked against it, where a field that came more than once is a list of them
   * (`listField`). The CSRF token is not among them.
   */
  fields: Fields
  submit: (context: AdminContext<Path>, input: z.output<Fields>) => Promise<Done> | Done
  /** The page of the form again, with what is wrong. Without it, a page says so. */
  showAgain?: (context: AdminContext<Path>, attempt: FormTry) => Html | Promise<Html>
  /** The field that an error of `submit` is about. Default: the form as a whole. */
  fieldOf?: (error: BehalfError) => string | undefined
}

/**
 * Adds what a form of a page leads to. Before `submit` runs the form is known to come from a page of this session, and
 * its fields are checked. What is wrong with them, or what `submit` throws that is the sender's to mend, shows the page
 * again (422); all else is shown as a page of its own.
 */
export function addAction<Path extends string, Fields extends z.ZodType>(
  {app, deps}: Admin,
  path: Path,
  {fields, submit, showAgain, fieldOf}: Action<Path, Fields>,
): void {
  app.post(path, async (context) => {
    const values = await readForm(context.req.raw)
    checkForm(context.get('session'), values)
    const again = async (errors: FieldErrors): Promise<Response> => {
      if (showAgain) return context.html(await showAgain(context, {values, errors}), 422)
      throw new BehalfError('invalid-input', Object.values(errors).join(' '))
    }
    const parsed = fields.safeParse(toInput(values))
    if (!parsed.success) return again(describeIssues(parsed.error))
    try {
      const done = await submit(context, parsed.data)
      if (done instanceof Response) return done
      if (!('goTo' in done)) return context.html(done)
      if (done.note !== undefined) await leaveNote(deps, context, done.note)
      return context.redirect(done.goTo, 303)
    } catch (error) {
      if (!showAgain || !(error instanceof BehalfError) || HTTP_STATUSES[error.code] >= 500) throw error
      return again({[fieldOf?.(error) ?? '']: textOf(error)})
    }
  })
}

const toInput = (values: FormValues): Record<string, string | readonly string[] | undefined> =>
  Object.fromEntries(Object.entries(values).map(([name, all = []]) => [name, all.length === 1 ? all[0] : all]))

/** A command is of no use in a form. */
const textOf = ({message, hint}: BehalfError): string =>
  hint === undefined || hint.startsWith('behalf ') ? message : `${message} ${hint}`

/** The first of each field. */
function describeIssues({issues}: z.ZodError): FieldErrors {
  const errors: Record<string, string> = {}
  for (const {path, message} of issues) errors[String(path[0] ?? '')] ??= message
  return errors
}
