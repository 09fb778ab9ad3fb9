// What the passthrough is measured by: @fastify/http-proxy as it comes, without any authentication. Prints its port.
// node plain-proxy.js UPSTREAM
import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'

const [upstream] = process.argv.slice(2)
const server = fastify()
await server.register(httpProxy, {upstream, prefix: '/api/twitch/helix', rewritePrefix: '/helix'})
await server.listen({port: 0, host: '127.0.0.1'})
process.stdout.write(`${String(server.addresses()[0].port)}\n`)
