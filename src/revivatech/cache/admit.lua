-- One round trip for a request: is the session alive, is the limit reached, is the answer kept?
-- KEYS: session, limit, answers. ARGV: window in seconds, name of the answer or '', what the state must end with or ''.
-- Returns {session state or false, requests in this window, seconds left of it, generation, answer or false}.
local state = redis.call('GET', KEYS[1])
-- Only a living session counts: nobody uses up the limit of somebody whose id they happen to know.
if not state or state == 'ended' or (ARGV[3] ~= '' and string.sub(state, -#ARGV[3]) ~= ARGV[3]) then
  return {state, 0, 0, false, false}
end
local count = redis.call('INCR', KEYS[2])
if count == 1 then redis.call('EXPIRE', KEYS[2], ARGV[1]) end
local left = redis.call('TTL', KEYS[2])
if left < 0 then
  redis.call('EXPIRE', KEYS[2], ARGV[1])
  left = tonumber(ARGV[1])
end
if ARGV[2] == '' then return {state, count, left, false, false} end
local kept = redis.call('HMGET', KEYS[3], 'generation', ARGV[2])
if not kept[1] then
  local now = redis.call('TIME')
  kept[1] = now[1] .. '.' .. now[2]
  redis.call('HSET', KEYS[3], 'generation', kept[1])
  redis.call('EXPIRE', KEYS[3], 300)
end
return {state, count, left, kept[1], kept[2]}
