import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {Config, type Interfaces} from '@oclif/core'

import {describeProgram} from './package-files.js'

/**
 * As much of oclif's configuration as a command needs to run. Loading it whole, with plugins, manifest and theme, takes a
 * quarter of the time of a short command (docs/decisions/0001-start-up.md).
 */
export class BareConfig extends Config {
  constructor(root: string) {
    super({root})
    this.root = root
    this.pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Interfaces.PJSON
    this.name = this.pjson.name
    this.bin = this.pjson.name
    this.version = this.pjson.version
    this.topicSeparator = ' '
    this.userAgent = describeProgram(root)
  }

  /** There are no hooks. */
  override runHook(): Promise<Interfaces.Hook.Result<never>> {
    return Promise.resolve({successes: [], failures: []})
  }
}

const silence = (): void => undefined

/** Keeps oclif from loading its own logger, which is for `DEBUG=oclif*`. */
export const silentLogger: Interfaces.Logger = {
  namespace: 'oclif',
  child: () => silentLogger,
  debug: silence,
  error: silence,
  info: silence,
  trace: silence,
  warn: silence,
}
