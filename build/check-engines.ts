import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {satisfies} from 'semver'

/** The oldest Node that `engines` in package.json allows. */
const oldest = '20.19.0'

interface Lock {
  packages: Record<string, {dev?: boolean; version?: string; engines?: {node?: string}}>
}

const {packages} = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lock
const refusing = Object.entries(packages)
  .filter(([, {dev, engines}]) => !dev && engines?.node !== undefined && !satisfies(oldest, engines.node))
  .map(([path, {version, engines}]) => `${path} ${version ?? ''} wants Node ${engines?.node ?? ''}`)

for (const line of refusing) console.error(line)
if (refusing.length > 0) process.exitCode = 1
