#!/usr/bin/env -S node --import tsx
// The CLI from its source, with neither a build nor a manifest.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {flush, handle, Plugin, run} from '@oclif/core'

const root = join(import.meta.dirname, '..')
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
pjson.oclif.commands = './src/commands'
const plugin = new Plugin({root, pjson, isRoot: true, ignoreManifest: true})
await plugin.load()
await run(process.argv.slice(2), {root, plugins: new Map([[plugin.name, plugin]])}).then(() => flush(), handle)
