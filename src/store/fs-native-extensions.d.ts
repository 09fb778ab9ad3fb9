/** The package has no types of its own. */
declare module 'fs-native-extensions' {
  /** False when someone else holds the lock. Locks belong to the open file, not to the process. */
  export function tryLock(fd: number, options?: {shared?: boolean}): boolean
}
