import {BehalfError} from '../../model/behalf-error.js'

/**
 * Where a job is below Jenkins' URL: folders are jobs within jobs, so `tools/deploy` is `/job/tools/job/deploy`.
 * @param name names of folders and the job's own, with slashes between them; empty for the top.
 * @throws BehalfError `invalid-input` for what could lead elsewhere.
 */
export function pathOfJob(name: string): string {
  const parts = name.split('/').filter((part) => part !== '')
  if (parts.some((part) => part === '.' || part === '..' || /[%\\\p{Cc}]/u.test(part))) {
    throw new BehalfError('invalid-input', `“${name.slice(0, 80)}” is not the name of a job.`)
  }
  return parts.map((part) => `/job/${encodeURIComponent(part)}`).join('')
}
