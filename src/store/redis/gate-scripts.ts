import {defineScript} from './script.js'

/**
 * Who is at the store (design 10), in one hash: a field for each process that writes, `alone` for one that has the store
 * for itself. A value says until when it holds, by the clock of Redis, whose it is and who that is.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function value(id, lease, note)
  return string.format('%.0f', now + lease) .. ' ' .. id .. ' ' .. note
end

local function parse(held)
  local till, id, note = string.match(held, '^(%d+) (%S+) (.*)$')
  return tonumber(till), id, note
end

local function is_alone(id)
  local alone = redis.call('HGET', KEYS[1], 'alone')
  if not alone then return false end
  local _, holder = parse(alone)
  return holder == id
end
`

/**
 * Lets a process in, or keeps it in. Arguments: its id; the lease in milliseconds; who it is; the id of somebody who had
 * the store alone and is known to be gone. Gives nothing, or the id of who has the store alone, and who that is.
 */
export const enterGate = defineScript(
  `${PRELUDE}
local alone = redis.call('HGET', KEYS[1], 'alone')
if alone then
  local till, id, note = parse(alone)
  if till > now and id ~= ARGV[4] then return {id, note} end
  redis.call('HDEL', KEYS[1], 'alone')
end
redis.call('HSET', KEYS[1], ARGV[1], value(ARGV[1], ARGV[2], ARGV[3]))
return false
`,
  {isRepeatable: true},
)

/**
 * Has the store alone, or keeps it so. Arguments: id; lease; who; then the ids of those who are known to be gone.
 * Gives those who are in the way, as id and who; nothing when nobody is.
 */
export const takeGate = defineScript(
  `${PRELUDE}
local gone = {}
for i = 4, #ARGV do gone[ARGV[i]] = true end
local all = redis.call('HGETALL', KEYS[1])
local others = {}
for i = 1, #all, 2 do
  local till, id, note = parse(all[i + 1])
  if till <= now or gone[id] then
    redis.call('HDEL', KEYS[1], all[i])
  elseif id ~= ARGV[1] then
    others[#others + 1] = id
    others[#others + 1] = note
  end
end
if #others > 0 then return others end
redis.call('HSET', KEYS[1], 'alone', value(ARGV[1], ARGV[2], ARGV[3]))
return others
`,
  {isRepeatable: true},
)

/**
 * Keeps the store alone, for who has it: whoever comes in after its lease ends it for good. Arguments: id; lease; who.
 * Gives whether it is still so.
 */
export const keepGate = defineScript(
  `${PRELUDE}
if not is_alone(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'alone', value(ARGV[1], ARGV[2], ARGV[3]))
return 1
`,
  {isRepeatable: true},
)

/**
 * A command that can be done twice, for who has the store alone. Keys: the gate, and what it is about. Arguments: id; the
 * command's name, and what follows its key. Gives whether it was done.
 */
export const writeAlone = defineScript(
  `${PRELUDE}
if not is_alone(ARGV[1]) then return 0 end
redis.call(ARGV[2], KEYS[2], unpack(ARGV, 3))
return 1
`,
  {isRepeatable: true},
)

/** Argument: id. */
export const leaveGate = defineScript(
  `${PRELUDE}
redis.call('HDEL', KEYS[1], ARGV[1])
local alone = redis.call('HGET', KEYS[1], 'alone')
if alone then
  local _, id = parse(alone)
  if id == ARGV[1] then redis.call('HDEL', KEYS[1], 'alone') end
end
return false
`,
  {isRepeatable: true},
)
