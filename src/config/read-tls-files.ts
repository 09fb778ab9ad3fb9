import {readFile} from 'node:fs/promises'
import {createSecureContext} from 'node:tls'

import {BehalfError} from '../model/behalf-error.js'

/**
 * A certificate and its key, in PEM, that a server can be started with.
 * @throws BehalfError `configuration` when one cannot be read, or they are not for each other.
 */
export async function readTlsFiles(certFile: string, keyFile: string): Promise<{cert: string; key: string}> {
  const files = {cert: await readPem(certFile), key: await readPem(keyFile)}
  try {
    createSecureContext(files)
  } catch (error) {
    throw new BehalfError('configuration', `${certFile} and ${keyFile} are no certificate and its key, in PEM.`, {
      hint: 'Name the certificate first, and a key without a passphrase.',
      cause: error,
    })
  }
  return files
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new BehalfError('configuration', `${file} cannot be read (${reason}).`, {cause: error})
  })
}
