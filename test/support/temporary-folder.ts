import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A new empty folder. */
export const makeTemporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'behalf-test-'))

export const removeFolder = (path: string): Promise<void> => rm(path, {recursive: true, force: true})
