import type {OAuth1Credential} from '../model/credential.js'
import type {HeldGrant} from '../model/flow.js'
import type {TokenGrant} from '../model/refresh.js'
import {Secret} from '../model/secret.js'

/** Tokens as JSON has them: each secret as its text. */
type Packed =
  | (Omit<OAuth1Credential, 'token' | 'tokenSecret'> & {token: string; tokenSecret: string})
  | (Omit<TokenGrant, 'accessToken' | 'refreshToken' | 'claims'> & {accessToken: string; refreshToken?: string})

/** The tokens that a flow holds as one text, which is sealed as a whole. Claims have said by then who it was. */
export function packTokens(tokens: HeldGrant['tokens']): Secret {
  return new Secret(JSON.stringify('kind' in tokens ? packOAuth1(tokens) : packOAuth2(tokens)))
}

const packOAuth1 = ({token, tokenSecret, ...rest}: OAuth1Credential): Packed => ({
  ...rest,
  token: token.reveal(),
  tokenSecret: tokenSecret.reveal(),
})

const packOAuth2 = ({accessToken, refreshToken, claims: _claims, ...rest}: TokenGrant): Packed => ({
  ...rest,
  accessToken: accessToken.reveal(),
  ...(refreshToken && {refreshToken: refreshToken.reveal()}),
})

/** What {@link packTokens} packed; it was sealed by behalf itself, minutes ago. */
export function unpackTokens(text: Secret): HeldGrant['tokens'] {
  const packed = JSON.parse(text.reveal()) as Packed
  if ('kind' in packed) {
    return {...packed, token: new Secret(packed.token), tokenSecret: new Secret(packed.tokenSecret)}
  }
  const {accessToken, refreshToken, ...rest} = packed
  return {
    ...rest,
    accessToken: new Secret(accessToken),
    ...(refreshToken !== undefined && {refreshToken: new Secret(refreshToken)}),
  }
}
