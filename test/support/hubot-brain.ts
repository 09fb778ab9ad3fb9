import {createCipheriv, createHash} from 'node:crypto'

/** Encrypts as `crypto.createCipher('aes-256-cbc', secret)` of former Nodes did. */
function encryptAsHubot(text: string, secret: string): string {
  let bytes = Buffer.alloc(0)
  let block = Buffer.alloc(0)
  while (bytes.length < 48) {
    block = Buffer.from(
      createHash('md5')
        .update(Buffer.concat([block, Buffer.from(secret)]))
        .digest(),
    )
    bytes = Buffer.concat([bytes, block])
  }
  const cipher = createCipheriv('aes-256-cbc', bytes.subarray(0, 32), bytes.subarray(32, 48))
  return cipher.update(text, 'utf8', 'hex') + cipher.final('hex')
}

/** The brain of an old Hubot. @param credentials user id → `user:apitoken`, or hex that is to stand there as it is */
export const makeBrain = (credentials: Record<string, string>, secret: string): string =>
  JSON.stringify({
    users: {
      ...Object.fromEntries(
        Object.entries(credentials).map(([id, text]) => [
          id,
          {id, name: `${id}-name`, jenkins_auth: text.includes(':') ? encryptAsHubot(text, secret) : text},
        ]),
      ),
      nobody: {id: 'nobody', name: 'Nobody', room: '#general'},
    },
    _private: {some: 'script'},
  })
