import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import type {IncomingMessage} from 'node:http'
import {Agent, request} from 'node:https'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'

import {findFreePort} from './free-port.js'
import {makeCertificate} from './make-certificate.js'

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: string
}

/** A real nginx with the blocks of a document. */
export interface DocumentedNginx {
  /** As a caller outside, for whom the name leads to nginx. */
  send(path: string, options?: {token?: string; method?: string; body?: object}): Promise<Answer>
  /** A line for each call: its method, and what those answered to whom it was sent. */
  tried(): Promise<string[]>
  stop(): Promise<void>
}

export interface DocumentedNginxOptions {
  program: string
  /** Where its files go. */
  folder: string
  /** What it is called outside. */
  host: string
  /** The blocks, for a port and certificates. */
  makeBlocks: (own: {port: number; certificate: string; key: string}) => string
}

export async function startDocumentedNginx(options: DocumentedNginxOptions): Promise<DocumentedNginx> {
  const {program, folder, host, makeBlocks} = options
  const [certificate, keyFile] = [join(folder, 'tls.pem'), join(folder, 'tls.key')]
  const {key, cert} = makeCertificate(host)
  await writeFile(keyFile, key)
  await writeFile(certificate, cert)
  const port = await findFreePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  const log = ["log_format tried '$request_method $upstream_status';", 'access_log tried.log tried;']
  const around = ['pid nginx.pid;', 'error_log error.log;', 'events {}', 'http {', ...log, ...temporary]
  const blocks = makeBlocks({port, certificate, key: keyFile})
  await writeFile(join(folder, 'nginx.conf'), [...around, blocks, '}', ''].join('\n'))
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log'), '-g', 'daemon off;']
  const child = spawn(program, args, {stdio: 'ignore'})
  const agent = new Agent({ca: cert, servername: host, keepAlive: true})
  return {
    async send(path, {token, method = 'GET', body} = {}) {
      const headers = {
        Host: host,
        ...(token !== undefined && {Authorization: `Bearer ${token}`}),
        ...(body && {'Content-Type': 'application/json'}),
      }
      const sent = request({host: '127.0.0.1', port, path, method, headers, agent})
      sent.end(body && JSON.stringify(body))
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return {status: response.statusCode ?? 0, headers: response.headers, body: await text(response)}
    },
    tried: async () => (await readFile(join(folder, 'tried.log'), 'utf8')).trimEnd().split('\n'),
    async stop() {
      agent.destroy()
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
