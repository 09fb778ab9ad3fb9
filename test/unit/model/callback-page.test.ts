import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'

import {PAGE_HEADERS, renderCallbackPage} from '../../../src/model/callback-page.js'

describe('renderCallbackPage', () => {
  const page = renderCallbackPage({
    status: 400,
    title: 'Failed & <over>',
    text: '<script>alert("x")</script>',
    hint: `'it's "here"'`,
  })

  it('escapes whatever it is given', () => {
    assert.match(page, /<h1>Failed &amp; &lt;over&gt;<\/h1>/)
    assert.match(page, /<p>&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;<\/p>/)
    assert.match(page, /&#39;it&#39;s &quot;here&quot;&#39;/)
    assert.doesNotMatch(page, /<script/)
  })

  it('carries the one style that its policy allows', () => {
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    assert.match(PAGE_HEADERS['Content-Security-Policy'] ?? '', /^default-src 'none'; /)
    assert.ok(PAGE_HEADERS['Content-Security-Policy']?.includes(`style-src 'sha256-${hash}'`))
  })

  it('has a language, a title and a main part', () => {
    assert.match(page, /<html lang="en">/)
    assert.match(page, /<title>Failed &amp; &lt;over&gt; – behalf<\/title>/)
    assert.match(page, /<main>/)
  })
})
