import fc from 'fast-check'

const piece = fc.constantFrom(
  ...[
    'items',
    'open',
    'closed',
    'v1',
    'a:b',
    '',
    '.',
    '..',
    '...',
    '%2e',
    '%2E%2e',
    '.%2e',
    '%2F',
    '%2f..%2f',
    '%5C',
    '\\',
  ],
  ...[
    '..;',
    ';x',
    '%3b',
    '%00',
    '%0d%0a',
    '%25',
    '%252e%252e',
    '%',
    '%zz',
    '%c0%ae',
    '%C3%A9',
    '%E2%80%AE',
    '\u00e9',
    '~',
    '*',
  ],
  ...[
    '@',
    'evil.example.test',
    'http:',
    '?',
    '?/../',
    '#',
    '&',
    '+',
    '%20',
    '%7F',
    '%C2%80',
    "'",
    '"',
    '<',
    '|',
    'ITEMS',
  ],
)
const disorderly = fc
  .array(
    fc.oneof(
      piece,
      fc.tuple(piece, piece).map((both) => both.join('')),
    ),
    {maxLength: 6},
  )
  .map((pieces) => pieces.join('/'))
/** A path below a provider’s, in any state of disorder; half of them are in order, so that what comes after is tried. */
export const path = fc.oneof(disorderly, fc.constantFrom('items', 'items/open', 'items/a:b', 'closed/1'))
export const method = fc.constantFrom(
  'GET',
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'get',
)
const name = fc.constantFrom(
  ...[
    'Accept',
    'Authorization',
    'Connection',
    'Content-Type',
    'Content-Encoding',
    'Cookie',
    'Cookie2',
    'Expect',
    'Forwarded',
  ],
  ...['Host', 'Keep-Alive', 'Origin', 'Proxy-Authorization', 'Range', 'TE', 'Trailer', 'Upgrade', 'Via', 'X-Behalf-Of'],
  ...[
    'X-HTTP-Method',
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-TAU-On-Behalf-Of',
  ],
)
const value = fc.constantFrom(
  '',
  'x',
  'close',
  'keep-alive, Authorization',
  'Authorization',
  '/closed',
  'DELETE',
  '\u00ff',
)
/** Whatever a caller may say, and much that it may not; or, half of the times, nothing. */
export const headers = fc.oneof(fc.array(fc.tuple(name, value), {maxLength: 5}), fc.constant<[string, string][]>([]))
export const body = fc.oneof(fc.constant(undefined), fc.string({unit: 'binary-ascii', maxLength: 200}))

/** What the pairs of a query or a form are made of: much that is encoded in more than one way, or in none. */
const text = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'b',
        'status',
        '1',
        '+',
        '%20',
        '%2B',
        '%26',
        '%3D',
        '*',
        '%2A',
        '~',
        '%7E',
        '.',
        '-',
        '_',
        '!',
        "'",
        '(',
      ],
      ...[')', '%C3%BC', '%E2%82%AC', '%F0%9F%90%B1', '%61', '%25', '%2525', '%0A', '/', '?', ':', '@', ',', ';', '$'],
      ...['constructor', '__proto__', 'oauth_token', 'oauth_', '%zz', '%', '%ff', '%ED%A0%80'],
    ),
    {maxLength: 4},
  )
  .map((pieces) => pieces.join(''))

/** Pairs of names and values, some without a value, some empty, names repeated. */
export const pairs = fc
  .array(
    fc.oneof(
      fc.tuple(text, text).map((both) => both.join('=')),
      text,
      fc.constantFrom('a=1', 'a=2', 'a', 'a=', ''),
    ),
    {maxLength: 5},
  )
  .map((all) => all.join('&'))
