-- Keep an answer unless the customer's generation has moved on since it was read: then it may already be stale.
-- KEYS: answers. ARGV: generation seen, name of the answer, the answer.
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
