import {readFile, rm} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'

import type {ServeInput} from './compose-daemon.js'
import {readServeSettings} from './config/serve-settings.js'
import {readServiceSurroundings, UNIT_NAME} from './config/service-surroundings.js'
import {readSettings} from './config/settings.js'
import {ensurePrivateFolder, removeFile, replaceFile} from './store/durable-file.js'
import {isErrno, toStorageError} from './store/storage-error.js'

/** The unit file of the service, whether it is there or not. */
export interface UnitFile {
  path: string
  /** What it says; undefined when there is none. */
  read(): Promise<string | undefined>
  /** Replaces it at once and whole. @param folders private ones, to be made where they are missing. */
  write(text: string, folders: readonly string[]): Promise<void>
  /** Takes it away, also where systemd notes that it is wanted. False when there was none. */
  remove(): Promise<boolean>
}

/** What a service manager has to know to run the daemon as it would run from here. */
export interface ServicePlace {
  /** What `--store` is to say; undefined where variables say it. Never a secret. */
  store?: string
  homeFolder: string
  /** Folders in which the daemon writes; all else it may only read. */
  writableFolders: string[]
  /** Variables that are set here and are no secrets. */
  environment: Record<string, string>
  /** Names of variables that are set here, and are. */
  withheld: string[]
}

/** Where systemd notes that a unit is wanted at login. */
const WANTED_BY = 'default.target.wants'

/** @throws BehalfError `configuration` for settings that `serve` would not take either. */
export function openServicePlace(input: ServeInput): ServicePlace {
  const {store, sealingSecret} = readSettings(input.store === undefined ? {} : {store: input.store})
  readServeSettings(input)
  const {homeFolder, environment, withheld} = readServiceSurroundings({isRedis: store.kind === 'redis'})
  const socket = input.socket ?? environment.BEHALF_SOCKET
  const folders = [
    store.kind === 'json' ? dirname(store.path) : store.localPath,
    // The key is made there when the store is.
    ...(sealingSecret.kind === 'default-key-file' ? [dirname(sealingSecret.path)] : []),
    ...(typeof socket === 'string' ? [dirname(resolve(socket))] : []),
  ]
  const flag = store.kind === 'json' ? store.path : input.store
  const place = {homeFolder, environment, withheld, writableFolders: [...new Set(folders)]}
  return flag === undefined ? place : {...place, store: flag}
}

export function openUnitFile(): UnitFile {
  const {unitPath: path} = readServiceSurroundings({isRedis: false})
  const folder = dirname(path)
  return {
    path,
    async read() {
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
        throw toStorageError(error, 'read', path)
      }
    },
    write: (text, folders) =>
      naming(path, async () => {
        for (const one of [...folders, folder]) await ensurePrivateFolder(one)
        await replaceFile(path, text)
      }),
    remove: () =>
      naming(path, async () => {
        await rm(join(folder, WANTED_BY, UNIT_NAME), {force: true})
        return removeFile(path)
      }),
  }
}

async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error, 'write', path)
  }
}
