import {defineScript} from './script.js'
import {KEPT_MARKS} from './write-mark.js'

/**
 * What happens to an account in one step, in Lua: nothing else comes in between. All get the same keys, which are in one
 * hash slot: the account's hash; of its slot the keys of all accounts, those due, those to be validated and those that
 * need a login; and what is kept of the slot itself (how often tokens changed, where the store was moved).
 *
 * Time is that of Redis: machines disagree. Records are passed whole and never taken apart here, for `cjson` would not
 * give back what it got.
 */
export const PRELUDE = `
local ACCOUNT, KEYS_OF_SLOT, DUE, VALIDATE, STRANDED, SLOT = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- What cannot be read was about some refresh token: it counts as about this one.
local function is_about(intent, grant, fingerprint)
  local read, note = pcall(cjson.decode, intent)
  if not read or type(note) ~= 'table' then return true end
  return note.grantId == grant and note.fingerprint == fingerprint
end

-- A holder counts the sends that it found, so that whoever came after another has the higher count.
local function is_earlier(intent, other)
  local read, note = pcall(cjson.decode, intent)
  local read_other, note_of_other = pcall(cjson.decode, other)
  if not read or not read_other or type(note) ~= 'table' or type(note_of_other) ~= 'table' then return false end
  return (tonumber(note.sends) or math.huge) < (tonumber(note_of_other.sends) or 0)
end

local function field_of_mark(number)
  return 'write-' .. text(number % ${String(KEPT_MARKS)})
end

-- Tokens came, went or are about to be used: an old copy of the store is known by a smaller count, or by another id at
-- the same one (rule 12). Owners, writes and intents are random, so that the id is one of this history alone.
local function count()
  local number = redis.call('HINCRBY', SLOT, 'writes', 1)
  local id = string.sub(redis.sha1hex(table.concat(redis.call('TIME'), ' ') .. table.concat(ARGV, ' ')), 1, 12)
  local mark = text(number) .. ':' .. id
  redis.call('HSET', SLOT, field_of_mark(number), mark)
  return mark
end

local function last_mark()
  local number = tonumber(redis.call('HGET', SLOT, 'writes') or '0')
  local mark = redis.call('HGET', SLOT, field_of_mark(number))
  if mark and string.match(mark, '^%d+') == text(number) then return mark end
  return text(number) .. ':'
end

local function is_held_by(owner)
  local lock = redis.call('HMGET', ACCOUNT, 'lock', 'until')
  return lock[1] == owner and tonumber(lock[2]) > now()
end

local function let_go(owner)
  if redis.call('HGET', ACCOUNT, 'lock') == owner then redis.call('HDEL', ACCOUNT, 'lock', 'holder', 'until') end
end

local function set_due(key, begun)
  local times = redis.call('HGET', ACCOUNT, 'due')
  if not times then return end
  local normal, urgent = string.match(times, '^(%S*) (%S*)$')
  local at = begun and urgent or normal
  if at == '' then redis.call('ZREM', DUE, key) else redis.call('ZADD', DUE, at, key) end
end
`

/** Arguments 1 to 10 of who writes a record: see `toRecordArguments`. */
export const WRITE = `
local KEY, EXPECTED, VERSION, RECORD, GRANT, FINGERPRINT = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local WRITE_ID, DUE_AT, VALIDATED, NEEDS_LOGIN = ARGV[7], ARGV[8], ARGV[9], ARGV[10]

-- how: 'login' for a new authorization, 'commit' for new tokens, 'update' for anything else.
-- Gives whether there may be other tokens now.
local function write(how)
  local before = redis.call('HMGET', ACCOUNT, 'grant', 'fingerprint', 'intent')
  local intent = before[3]
  if intent and not is_about(intent, GRANT, FINGERPRINT) then
    redis.call('HDEL', ACCOUNT, 'intent')
    intent = false
  end
  local is_same = before[1] == GRANT and before[2] == FINGERPRINT
  if how ~= 'update' or not is_same then redis.call('HDEL', ACCOUNT, 'doubt') end
  if how == 'login' then redis.call('HDEL', ACCOUNT, 'validated') end
  redis.call('HSET', ACCOUNT, 'record', RECORD, 'version', VERSION, 'grant', GRANT, 'fingerprint', FINGERPRINT,
    'write', WRITE_ID, 'due', DUE_AT)
  redis.call('PERSIST', ACCOUNT)
  redis.call('HINCRBY', SLOT, 'changes', 1)
  redis.call('ZADD', KEYS_OF_SLOT, 0, KEY)
  set_due(KEY, intent)
  if VALIDATED == '' then
    redis.call('ZREM', VALIDATE, KEY)
  else
    local noted = tonumber(redis.call('HGET', ACCOUNT, 'validated') or '0')
    redis.call('ZADD', VALIDATE, text(math.max(tonumber(VALIDATED), noted)), KEY)
  end
  if NEEDS_LOGIN == '' then redis.call('ZREM', STRANDED, KEY) else redis.call('ZADD', STRANDED, VERSION, KEY) end
  return how ~= 'update' or not is_same
end
`

/** A script that changes something, unless the store was moved away. */
export const changing = (lua: string) =>
  defineScript(`${PRELUDE}
local moved = redis.call('HGET', SLOT, 'moved')
if moved then return {'moved', moved} end
${lua}`)
