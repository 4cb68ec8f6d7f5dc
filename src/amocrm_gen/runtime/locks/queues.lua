-- One step of the queues that locks are. Whoever is the first in all of its queues holds them:
-- who joined all of them in one step and was earlier in one was earlier in each, so nobody waits
-- in a circle.
-- KEYS: the queues, one for each lock. ARGV: verb, name of the ticket, its life in milliseconds,
-- prefix of what lives as long as a ticket, prefix of the lists that wake waiters.
local verb, ticket, life, alive, wake = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- The first one that is alive; a dead one, that renews its ticket no more, is dropped.
local function first(queue)
  local head = redis.call('LINDEX', queue, 0)
  while head and redis.call('EXISTS', alive .. head) == 0 do
    redis.call('LPOP', queue)
    head = redis.call('LINDEX', queue, 0)
  end
  return head
end

-- A queue that nobody asks for any more goes by itself, long after its last ticket.
local function keep(queue) redis.call('PEXPIRE', queue, life * 10) end

if verb == 'renew' then
  for _, queue in ipairs(KEYS) do keep(queue) end
  return redis.call('PEXPIRE', alive .. ticket, life)
end

if verb == 'take' then
  -- One that was away for too long lost its place, and stands last.
  local is_new = redis.call('EXISTS', alive .. ticket) == 0
  redis.call('SET', alive .. ticket, '1', 'PX', life)
  local is_first = 1
  for _, queue in ipairs(KEYS) do
    if is_new then
      redis.call('LREM', queue, 0, ticket)
      redis.call('RPUSH', queue, ticket)
    end
    if first(queue) ~= ticket then is_first = 0 end
    keep(queue)
  end
  return is_first
end

-- free
local was_alive = redis.call('DEL', alive .. ticket)
for _, queue in ipairs(KEYS) do
  redis.call('LREM', queue, 0, ticket)
  local head = first(queue)
  if head then
    redis.call('RPUSH', wake .. head, '1')
    redis.call('PEXPIRE', wake .. head, life)
  end
end
redis.call('DEL', wake .. ticket)
return was_alive
