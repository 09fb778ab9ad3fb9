import {MAX_POINTS} from '../../model/points.js'
import {defineScript} from './script.js'

/**
 * What happens to the ledger in one step, in Lua. All keys are in one hash slot: the balances (a sorted set in which the
 * score is the balance with its sign turned, so that equal ones come by name); the changes (a stream, whose ids are their
 * sequences); the last change of each user (a hash); what is kept of the ledger itself (a hash).
 *
 * Lua counts in doubles: whole numbers are exact up to 2^53, and a sum beyond is never rounded to one below. `tostring`
 * would give 14 digits of them.
 */
const PRELUDE = `
local BALANCES, CHANGES, LAST, LEDGER = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local MAX = ${String(MAX_POINTS)}

local function text(number)
  return string.format('%.0f', number)
end

local moved = redis.call('HGET', LEDGER, 'moved')
if moved then return {'moved', moved} end

local function balance_of(user)
  return 0 - tonumber(redis.call('ZSCORE', BALANCES, user) or '0')
end

-- What is '' is left out. Each change says which was the one before of the same user.
local function append(sequence, user, fields, points)
  local entry = {'user', user}
  for i = 1, #fields, 2 do
    if fields[i + 1] ~= '' then
      entry[#entry + 1] = fields[i]
      entry[#entry + 1] = fields[i + 1]
    end
  end
  local previous = redis.call('HGET', LAST, user)
  if previous then
    entry[#entry + 1] = 'previous'
    entry[#entry + 1] = previous
  end
  redis.call('HSET', LEDGER, 'sequence', sequence)
  redis.call('XADD', CHANGES, sequence .. '-0', unpack(entry))
  redis.call('HSET', LAST, user, sequence)
  redis.call('ZADD', BALANCES, text(0 - points), user)
end
`

/**
 * Makes a change. The fifth key is what is remembered of it: under its idempotency key, or else for as long as its own
 * caller may ask again. The server forgets it by its own clock, which is one for all callers. Returns `made`, balance,
 * change and whether somebody had asked for it before; or why not.
 */
export const changePointsScript = defineScript(
  `${PRELUDE}
local MARK, USER, KIND, POINTS, FLOOR, AT = KEYS[5], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local BY, WHY, KEY, REQUEST, ATTEMPT, KEPT = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]

local mark = redis.call('GET', MARK)
if mark then
  local attempt, points, change, request = string.match(mark, '^(%S+) (%S+) (%S+) (.*)$')
  if attempt == ATTEMPT then return {'made', points, change, 0} end
  if request ~= REQUEST then return {'reused'} end
  return {'made', points, change, 1}
end

local before = balance_of(USER)
local after = POINTS
if KIND == 'add' then after = before + POINTS end
local change = after - before
if math.abs(after) > MAX or math.abs(change) > MAX then return {'out-of-range', text(before)} end
if after < FLOOR and after < before then return {'insufficient', text(before)} end
local sequence = text(tonumber(redis.call('HGET', LEDGER, 'sequence') or '0') + 1)
append(sequence, USER, {'change', text(change), 'points', text(after), 'at', AT, 'by', BY, 'why', WHY, 'key', KEY,
  'request', REQUEST}, after)
redis.call('SET', MARK, table.concat({ATTEMPT, text(after), text(change), REQUEST}, ' '), 'PX', KEPT)
return {'made', text(after), text(change), 0}
`,
  {isRepeatable: true},
)

/** How many arguments are about one change. */
export const TAKEN_ARGUMENTS = 10

/**
 * Takes over changes of another ledger, in their order. The fifth key and those after it are what is remembered of those
 * with an idempotency key. Returns `taken`; or `unfit` and a sequence, and what came before it is there.
 */
export const takePointsScript = defineScript(
  `${PRELUDE}
local last = tonumber(redis.call('HGET', LEDGER, 'sequence') or '0')
for i = 1, #ARGV, ${String(TAKEN_ARGUMENTS)} do
  local sequence, user, change, points, at = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local by, why, key, request, mark = ARGV[i + 5], ARGV[i + 6], ARGV[i + 7], ARGV[i + 8], ARGV[i + 9]
  if tonumber(sequence) > last then
    if balance_of(user) + tonumber(change) ~= tonumber(points) then return {'unfit', sequence} end
    append(sequence, user, {'change', change, 'points', points, 'at', at, 'by', by, 'why', why, 'key', key,
      'request', request}, tonumber(points))
    if mark ~= '' then
      local mark_key, kept = string.match(mark, '^(%d+) (%d+)$')
      redis.call('SET', KEYS[tonumber(mark_key)], table.concat({'-', points, change, request}, ' '), 'PX', kept)
    end
  end
end
return {'taken'}
`,
  {isRepeatable: true},
)

/** How many changes are looked at in one step: the server does nothing else meanwhile. */
const MOST_STEPS = 1000

/**
 * Walks back through one user's changes, from the change `from` or the last one. Of all changes that are seen those below
 * `before` are returned, `limit` at most, and where to go on, or ''.
 */
export const pointsHistoryScript = defineScript(
  `
local CHANGES, LAST = KEYS[1], KEYS[2]
local USER, BEFORE, LIMIT, at = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local function read(sequence)
  local entry = redis.call('XRANGE', CHANGES, sequence, sequence)[1]
  if not entry then return nil end
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  return entry, fields
end

if at == '' then
  -- Pages are asked for one after the other, and the last change of a page knows the next.
  local entry, fields = read(ARGV[2])
  if entry and fields.user == USER then at = fields.previous or '' else at = redis.call('HGET', LAST, USER) or '' end
end
local found = {}
for _ = 1, ${String(MOST_STEPS)} do
  if at == '' or #found >= LIMIT then break end
  local entry, fields = read(at)
  if not entry then return {'', found} end
  if tonumber(at) < BEFORE then found[#found + 1] = entry end
  at = fields.previous or ''
end
return {at, found}
`,
  {onlyReads: true},
)
