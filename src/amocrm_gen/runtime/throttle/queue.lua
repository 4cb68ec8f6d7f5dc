-- One step of the queue that hosts share; the same algorithm as in ring.py and turn.py.
-- KEYS: one ring each. A ring is text: closed stopped count sent… (name arrival ready until)…
-- Times are whole microseconds of this server's clock.
local verb, name = ARGV[1], ARGV[2]
local arrival, patience, grace = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local span = tonumber(ARGV[6]) -- how long a request may take to be sent, or a closure to last
local now = tonumber(ARGV[7])
-- A test has a clock of its own, which the server's expiry does not follow.
local is_test = now ~= nil
if not is_test then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local function text(number) return string.format('%.0f', number) end

local function load(index)
  local ring = {
    limit = tonumber(ARGV[6 + 2 * index]), window = tonumber(ARGV[7 + 2 * index]),
    closed = 0, stopped = 0, sent = {}, line = {},
  }
  local words = {}
  for word in string.gmatch(redis.call('GET', KEYS[index]) or '', '%S+') do
    words[#words + 1] = word
  end
  if #words < 3 then return ring end
  ring.closed, ring.stopped = tonumber(words[1]), tonumber(words[2])
  local last = 3 + tonumber(words[3])
  for i = 4, last do
    local time = tonumber(words[i])
    if time + ring.window > now then ring.sent[#ring.sent + 1] = time end
  end
  for i = last + 1, #words, 4 do
    local waiter = {
      name = words[i], arrival = tonumber(words[i + 1]),
      ready = tonumber(words[i + 2]), till = tonumber(words[i + 3]),
    }
    if waiter.till >= now then ring.line[#ring.line + 1] = waiter end
  end
  return ring
end

local function save(index, ring)
  local words = { text(ring.closed), text(ring.stopped), text(#ring.sent) }
  local till = math.max(ring.closed, ring.stopped)
  for _, time in ipairs(ring.sent) do
    words[#words + 1] = text(time)
    till = math.max(till, time + ring.window)
  end
  for _, waiter in ipairs(ring.line) do
    words[#words + 1] = waiter.name
    words[#words + 1] = text(waiter.arrival)
    words[#words + 1] = text(waiter.ready)
    words[#words + 1] = text(waiter.till)
    till = math.max(till, waiter.till)
  end
  redis.call('SET', KEYS[index], table.concat(words, ' '))
  if not is_test then
    redis.call('PEXPIRE', KEYS[index], text(math.max(1, math.ceil((till - now) / 1000))))
  end
end

local function free_at(ring, rank)
  local place = rank % ring.limit + #ring.sent - ring.limit
  local start = math.max(now, ring.closed)
  if place >= 0 then start = math.max(start, ring.sent[place + 1] + ring.window) end
  return start + math.floor(rank / ring.limit) * ring.window
end

local function record(ring)
  local time, place = now + span, #ring.sent + 1
  while place > 1 and ring.sent[place - 1] > time do place = place - 1 end
  table.insert(ring.sent, place, time)
end

local function leave(ring)
  for i, waiter in ipairs(ring.line) do
    if waiter.name == name then
      table.remove(ring.line, i)
      return
    end
  end
end

local function rank(ring, horizon)
  local before = 0
  for _, waiter in ipairs(ring.line) do
    if waiter.name == name or waiter.arrival > arrival then break end
    if waiter.ready <= horizon then before = before + 1 end
  end
  return before
end

local function admit(ring, ready, till)
  local one = { name = name, arrival = arrival, ready = ready, till = till }
  local place = #ring.line + 1
  for i, waiter in ipairs(ring.line) do
    if waiter.name == name then
      ring.line[i] = one
      return
    end
    if waiter.arrival > arrival then place = math.min(place, i) end
  end
  table.insert(ring.line, place, one)
end

-- The largest of the values of all rings but one, and now.
local function others(values, but)
  local most = now
  for i, value in ipairs(values) do
    if i ~= but then most = math.max(most, value) end
  end
  return most
end

local rings, count = {}, #KEYS
for i = 1, count do rings[i] = load(i) end

if verb == 'leave' then
  for i = 1, count do leave(rings[i]) end
elseif verb == 'close' then
  for i = 1, count do rings[i].closed = math.max(rings[i].closed, now + span) end
elseif verb == 'stop' then
  rings[count].stopped = now + span
elseif verb == 'resume' then
  for i = 1, count do rings[i].stopped = 0 end
end
if verb ~= 'ask' and verb ~= 'check' then
  for i = 1, count do save(i, rings[i]) end
  return { 0, '0', '0' }
end

for i = 1, count do
  if rings[i].stopped > now then return { 1, text(rings[i].stopped - now), '0' } end
end
if verb == 'check' then return { 0, '0', '0' } end

if arrival < 0 then arrival = now end
local free, dues, due, soonest = {}, {}, now, now
for i = 1, count do
  free[i] = free_at(rings[i], 0)
  soonest = math.max(soonest, free[i])
end
for i = 1, count do
  dues[i] = free_at(rings[i], rank(rings[i], others(free, i)))
  due = math.max(due, dues[i])
end
local wake = math.min(due, soonest + grace)
for i = 1, count do
  if due <= now then
    leave(rings[i])
    record(rings[i])
  else
    admit(rings[i], others(dues, i), wake + patience)
  end
  save(i, rings[i])
end
return { 0, text(due <= now and 0 or wake - now), text(arrival) }
