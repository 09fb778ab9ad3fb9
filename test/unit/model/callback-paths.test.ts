import assert from 'node:assert/strict'

import {leadsTo} from '../../../src/model/callback-paths.js'

describe('leadsTo', () => {
  for (const [redirectPath, path, isAsked, isPosted] of [
    ['/callback', '/callback', true, true],
    ['/callback', '/callback/', true, true],
    ['/twitch-callback/', '/twitch-callback', true, true],
    ['/callback', '/redirect', false, false],
    ['/api/v1/oauth/callback', '/api/v1/oauth/callback', true, true],
    ['/api/v1/oauth/callback', '/callback', false, false],
    ['/callback', '/api/v1/oauth/callback', false, false],
    ['/behind/a/proxy/callback', '/callback', true, true],
    ['/behind/a/proxy/api/v1/oauth/callback', '/api/v1/oauth/callback', true, true],
    ['/behind/a/proxy/api/v1/oauth/callback', '/callback', false, false],
    ['/behind/a/proxy/callback', '/redirect', false, false],
    ['/mount/back', '/mount/back', true, true],
    ['/a/page/of/a/program', '/callback', false, true],
    ['/not-a-callback', '/callback', false, true],
  ] as const) {
    const said = (is: boolean): string => (is ? 'takes' : 'refuses')
    it(`${said(isAsked)} a visit and ${said(isPosted)} a form at ${path} for ${redirectPath}`, () => {
      const redirectUri = `https://behalf.example${redirectPath}`
      assert.deepEqual([leadsTo(redirectUri, path, false), leadsTo(redirectUri, path, true)], [isAsked, isPosted])
    })
  }
})
