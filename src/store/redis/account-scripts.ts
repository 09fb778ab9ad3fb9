import {changing, PRELUDE, WRITE} from './account-lua.js'
import {defineScript} from './script.js'

/** In the order in which scripts and `HMGET` give them. */
export const HASH_FIELDS = [
  'record',
  'write',
  'version',
  'grant',
  'fingerprint',
  'intent',
  'validated',
  'doubt',
] as const

export const accountScripts = {
  /**
   * Arguments: owner; who this is; the lease in milliseconds; then owners whose locks count as free.
   * Gives `held`, the slot's last mark and the hash; or `busy`, the owner, who that is, and what is left of the lease.
   */
  take: changing(`
local lock = redis.call('HMGET', ACCOUNT, 'lock', 'until', 'holder')
local left = (tonumber(lock[2]) or 0) - now()
local is_free = not lock[1] or lock[1] == ARGV[1] or left <= 0
for i = 4, #ARGV do is_free = is_free or lock[1] == ARGV[i] end
if not is_free then return {'busy', lock[1], lock[3] or '', text(left)} end
redis.call('HSET', ACCOUNT, 'lock', ARGV[1], 'holder', ARGV[2], 'until', text(now() + ARGV[3]))
-- Where there is no account, nothing of the lock stays when its holder dies.
if redis.call('HEXISTS', ACCOUNT, 'record') == 0 then redis.call('PEXPIRE', ACCOUNT, 2 * ARGV[3]) end
return {'held', last_mark(),
  redis.call('HMGET', ACCOUNT, ${HASH_FIELDS.map((name) => `'${name}'`).join(', ')})}
`),

  /**
   * Whether the lock is still the owner's, and what it began still noted, which a failover may have forgotten; then its
   * lease begins anew, so that it lasts for the exchange that follows. Arguments: owner; the lease; the intent, if any.
   */
  hold: changing(`
if not is_held_by(ARGV[1]) then return {'lost'} end
if ARGV[3] ~= '' and redis.call('HGET', ACCOUNT, 'intent') ~= ARGV[3] then return {'lost'} end
redis.call('HSET', ACCOUNT, 'until', text(now() + ARGV[2]))
return {'held'}
`),

  /** Makes the intent durable. Can be repeated. Arguments: key; owner; the intent. */
  begin: changing(`
if not is_held_by(ARGV[2]) then
  local lock = redis.call('HMGET', ACCOUNT, 'lock', 'holder')
  return {'lost', lock[1] and lock[1] ~= ARGV[2] and lock[2] or ''}
end
if redis.call('HGET', ACCOUNT, 'intent') == ARGV[3] then return {'begun', last_mark()} end
redis.call('HSET', ACCOUNT, 'intent', ARGV[3])
local stored = redis.call('HMGET', ACCOUNT, 'grant', 'fingerprint')
if is_about(ARGV[3], stored[1], stored[2]) then set_due(ARGV[1], true) end
return {'begun', count()}
`),

  /** Puts in the place of the owner's intent what was there before. Can be repeated. Arguments: key; the intent; before. */
  retract: changing(`
if redis.call('HGET', ACCOUNT, 'intent') ~= ARGV[2] then return {'other'} end
if ARGV[3] == '' then redis.call('HDEL', ACCOUNT, 'intent') else redis.call('HSET', ACCOUNT, 'intent', ARGV[3]) end
set_due(ARGV[1], ARGV[3] ~= '')
return {'retracted'}
`),

  /**
   * Writes a record in place of the write that was read. Arguments 11 and 12: `login` or `update`; until when, if that
   * is not to be done any time later.
   */
  save: changing(`${WRITE}
if ARGV[12] ~= '' and now() >= tonumber(ARGV[12]) then return {'late'} end
if (redis.call('HGET', ACCOUNT, 'write') or '') ~= EXPECTED then return {'conflict'} end
if write(ARGV[11]) then return {'saved', count()} end
return {'saved'}
`),

  /**
   * Rule 3: saves if the account is there with the grant and the refresh token that were sent, whoever holds the lock by
   * now; not without a record. Ends the owner's lock and intent, but not the intent of who came after it.
   * Arguments 11 to 14: owner; the grant and fingerprint; the intent, if any.
   * Gives `conflict` where the record has been written since it was read: then nothing has happened.
   */
  commit: changing(`${WRITE}
local stored = redis.call('HMGET', ACCOUNT, 'write', 'grant', 'fingerprint', 'intent', 'record')
local is_same = stored[5] and stored[2] == ARGV[12] and stored[3] == ARGV[13]
local is_sent = is_same and RECORD ~= ''
if is_sent and (stored[1] or '') ~= EXPECTED then return {'conflict'} end
local intent = stored[4]
if intent and (is_same and intent == ARGV[14] or is_sent and is_earlier(intent, ARGV[14])) then
  redis.call('HDEL', ACCOUNT, 'intent')
end
if is_sent then write('commit') end
let_go(ARGV[11])
if is_sent then return {'saved', count()} end
return {stored[5] and 'superseded' or 'gone'}
`),

  /** Deletes the account with this grant and all that is about it. Arguments: key; grant; who must have the lock, if any. */
  remove: changing(`
local grant = redis.call('HGET', ACCOUNT, 'grant')
if not grant then return {'gone'} end
if grant ~= ARGV[2] then return {'kept'} end
if ARGV[3] ~= '' and not is_held_by(ARGV[3]) then return {'lost'} end
redis.call('DEL', ACCOUNT)
redis.call('ZREM', KEYS_OF_SLOT, ARGV[1])
redis.call('ZREM', DUE, ARGV[1])
redis.call('ZREM', VALIDATE, ARGV[1])
redis.call('ZREM', STRANDED, ARGV[1])
return {'removed', count()}
`),

  /** Arguments: owner. */
  release: defineScript(`${PRELUDE}
let_go(ARGV[1])
return {'released'}
`),

  /** Notes a validation, unless a later one is known. Arguments: key; when. */
  noteValidated: changing(`
if redis.call('HEXISTS', ACCOUNT, 'record') == 0 then return {'gone'} end
if tonumber(redis.call('HGET', ACCOUNT, 'validated') or '-1') >= tonumber(ARGV[2]) then return {'known'} end
redis.call('HSET', ACCOUNT, 'validated', ARGV[2])
if redis.call('ZSCORE', VALIDATE, ARGV[1]) then redis.call('ZADD', VALIDATE, 'GT', ARGV[2], ARGV[1]) end
return {'noted'}
`),

  /** Puts an account in doubt that has come from an old copy. Argument: the doubt. */
  putInDoubt: changing(`
if redis.call('HEXISTS', ACCOUNT, 'record') == 1 then redis.call('HSET', ACCOUNT, 'doubt', ARGV[1]) end
return {'done'}
`),

  /**
   * Once all accounts of an old copy's slot are in doubt it is up to date again, for all who saw the same.
   * Argument: the mark that was seen. Gives the last mark.
   */
  catchUp: changing(`
local seen = string.match(ARGV[1], '^%d+')
if tonumber(redis.call('HGET', SLOT, 'writes') or '0') < tonumber(seen) then redis.call('HSET', SLOT, 'writes', seen) end
local mark = redis.call('HGET', SLOT, field_of_mark(tonumber(seen)))
if mark and mark ~= ARGV[1] and string.match(mark, '^%d+') == seen then
  redis.call('HDEL', SLOT, field_of_mark(tonumber(seen)))
end
return {'done', last_mark()}
`),
}
