import assert from 'node:assert/strict'

import {readProgramEnvironment} from '../../../src/config/program-environment.js'
import {readSettings} from '../../../src/config/settings.js'

const overridesOf = (environment: Record<string, string>) => readSettings({}, environment).providerOverrides

describe('the settings of Hubot', () => {
  it('name the client of Twitter as its scripts always did, and BEHALF_… wins', () => {
    const hubot = {HUBOT_TWITTER_CONSUMER_KEY: ' key ', HUBOT_TWITTER_CONSUMER_SECRET: 'made-up-secret'}
    const [twitter] = overridesOf(hubot)
    assert.deepEqual([twitter?.name, twitter?.clientId], ['twitter', 'key'])
    assert.equal(twitter?.clientSecret?.reveal(), 'made-up-secret')
    assert.equal(overridesOf({...hubot, BEHALF_TWITTER_CLIENT_ID: 'other'})[0]?.clientId, 'other')
    assert.deepEqual(overridesOf({HUBOT_TWITTER_CONSUMER_KEY: ''}), [])
  })

  it('describe a Jenkins whole, with or without a slash at the end', () => {
    for (const text of ['https://ci.example.com/jenkins', ' https://CI.example.com/jenkins// ']) {
      const [jenkins] = overridesOf({HUBOT_JENKINS_URL: text})
      assert.equal(jenkins?.name, 'jenkins')
      assert.equal(jenkins.settings?.apiUrl, 'https://ci.example.com/jenkins')
      assert.equal(jenkins.settings.userinfoUrl, 'https://ci.example.com/jenkins/me/api/json')
      assert.deepEqual(jenkins.settings.credentialKinds, ['basic'])
    }
    assert.equal(overridesOf({HUBOT_JENKINS_URL: 'http://ci:8080'})[0]?.settings?.apiUrl, 'http://ci:8080')
    assert.deepEqual(overridesOf({HUBOT_JENKINS_URL: ''}), [])
  })

  it('refuse an address that is none, or has more in it, and never say what', () => {
    const urls = [
      'ci',
      'ftp://ci',
      'https://ada:made-up@ci',
      'https://ada@ci',
      'https://ci/?a=b',
      'https://ci/#x',
      'https://',
    ]
    for (const text of urls) {
      assert.throws(
        () => overridesOf({HUBOT_JENKINS_URL: text}),
        ({code, message}: Error & {code: string}) =>
          code === 'configuration' && message.startsWith('HUBOT_JENKINS_URL ') && !message.includes('made-up'),
        text,
      )
    }
  })

  it('are not handed to programs that get one token, as far as they are secret', () => {
    const secret = {HUBOT_TWITTER_CONSUMER_SECRET: 'a', HUBOT_JENKINS_CRYPTO_SECRET: 'b'}
    assert.deepEqual(readProgramEnvironment({...secret, HUBOT_JENKINS_URL: 'c'}), {HUBOT_JENKINS_URL: 'c'})
  })
})
