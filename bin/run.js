#!/usr/bin/env node
import module from 'node:module'
import {homedir} from 'node:os'
import {join} from 'node:path'

// Compiled code is kept between runs (Node 22 and later). Not in Node's default place, which is the shared /tmp.
module.enableCompileCache?.(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'behalf', 'compiled'))

const {commands, launch} = module.createRequire(import.meta.url)('../dist/behalf.cjs')
await launch(join(import.meta.dirname, '..'), commands)
