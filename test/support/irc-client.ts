import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'

import {WebSocket} from 'ws'

const PATIENCE_MS = 20_000

/** What carries the bytes of a client. */
interface Carrier {
  write(text: string | Buffer): void
  end(): void
  destroy(): void
}

/** A chat client that does nothing by itself: it sends lines as they are, and waits for lines. */
export class IrcClient {
  /** Every line received so far, without its end. */
  readonly lines: string[] = []
  /** When the other end closed, or the connection was cut. */
  isClosed = false
  #carrier: Carrier | undefined
  #next = 0
  #rest = ''
  #wake: () => void = () => undefined

  /** By TCP, on 127.0.0.1 unless told otherwise. */
  static async tcp(port: number, host = '127.0.0.1'): Promise<IrcClient> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    return IrcClient.#over(socket)
  }

  /** By TLS; `ca` is the certificate that is trusted. */
  static async tls(port: number, ca: string, servername = 'localhost'): Promise<IrcClient> {
    const socket = connectTls({port, host: '127.0.0.1', ca, servername})
    await once(socket, 'secureConnect')
    return IrcClient.#over(socket)
  }

  /** By WebSocket; each `send` is one text frame. */
  static async webSocket(url: string, options: {headers?: Record<string, string>} = {}): Promise<IrcClient> {
    const socket = new WebSocket(url, options)
    await once(socket, 'open')
    const client = new IrcClient()
    client.#carrier = {
      write: (data) => {
        socket.send(data.toString())
      },
      end: () => {
        socket.close()
      },
      destroy: () => {
        socket.terminate()
      },
    }
    socket.on('message', (data: Buffer) => {
      client.#receive(data.toString())
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      client.#close()
    })
    return client
  }

  static #over(socket: Socket): IrcClient {
    const client = new IrcClient()
    client.#carrier = {
      write: (data) => void socket.write(data),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
    }
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      client.#receive(text)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      client.#close()
    })
    return client
  }

  /** Sends lines, each with its end. */
  send(...lines: string[]): void {
    this.sendRaw(lines.map((line) => `${line}\r\n`).join(''))
  }

  /** Sends bytes as they are. */
  sendRaw(data: string | Buffer): void {
    this.#carrier?.write(data)
  }

  /** `CAP`, `PASS`, `NICK`, and waits until the server has said all of its welcome. */
  async logIn(nick: string, password: string, capabilities = ALL_CAPABILITIES): Promise<void> {
    if (capabilities !== '') this.send(`CAP REQ :${capabilities}`)
    this.send(`PASS ${password}`, `NICK ${nick}`)
    await this.expect(/ 376 /)
  }

  /**
   * The next line that matches, after those that were waited for before; others in between are passed over.
   * Rejects when the connection closes first, with the last lines.
   */
  async expect(pattern: RegExp): Promise<string> {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    for (;;) {
      while (this.#next < this.lines.length) {
        const line = this.lines[this.#next] ?? ''
        this.#next += 1
        if (pattern.test(line)) return line
      }
      const got = () => `no line matched ${String(pattern)}; the last were:\n${this.lines.slice(-8).join('\n')}`
      assert.ok(!this.isClosed, `closed, and ${got()}`)
      assert.ok(!deadline.aborted, got())
      await this.#changed(deadline)
    }
  }

  /** Sends a `PING` and waits for its answer: what was sent before has been dealt with. */
  async settle(): Promise<void> {
    const mark = `mark-${String(this.lines.length)}-${String(Math.random()).slice(2)}`
    this.send(`PING :${mark}`)
    await this.expect(new RegExp(`PONG .*${mark}$`))
  }

  /** Waits until the other end has closed. */
  async closed(): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    while (!this.isClosed) {
      assert.ok(!deadline.aborted, `still open; the last lines:\n${this.lines.slice(-8).join('\n')}`)
      await this.#changed(deadline)
    }
  }

  end(): void {
    this.#carrier?.end()
  }

  destroy(): void {
    this.#carrier?.destroy()
  }

  #receive(text: string): void {
    const parts = (this.#rest + text).split('\r\n')
    this.#rest = parts.pop() ?? ''
    this.lines.push(...parts)
    this.#wake()
  }

  #close(): void {
    this.isClosed = true
    this.#wake()
  }

  #changed(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      deadline.addEventListener('abort', () => {
        resolve()
      })
    })
  }
}

const ALL_CAPABILITIES = 'twitch.tv/membership twitch.tv/tags twitch.tv/commands'
