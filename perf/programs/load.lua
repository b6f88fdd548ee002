-- What wrk sends and prints. Arguments after `--`: requests in flight on a connection, method,
-- bytes of the body. Prints one line that starts with "perf" when the run is over.
function init(arguments)
  local depth = tonumber(arguments[1])
  wrk.method = arguments[2]
  local bytes = tonumber(arguments[3])
  if bytes > 0 then
    wrk.body = string.rep("x", bytes)
  end
  if depth > 1 then
    local requests = {}
    for turn = 1, depth do
      requests[turn] = wrk.format()
    end
    local all = table.concat(requests)
    request = function()
      return all
    end
  end
end

-- wrk's correction for omissions can count times below the smallest it looks at; percentiles near
-- 100 then come out as 0. Those are taken of the part it looks at.
local function percentiles(latency, wanted)
  local low, high = 0, 100
  if latency:percentile(99.99) > 0 then
    low = 100
  end
  while high - low > 0.001 do
    local middle = (low + high) / 2
    if latency:percentile(middle) > 0 then
      low = middle
    else
      high = middle
    end
  end
  local values = {}
  for index, percent in ipairs(wanted) do
    values[index] = latency:percentile(percent * low / 100)
  end
  return values
end

function done(summary, latency, requests)
  local errors = summary.errors
  local times = percentiles(latency, { 50, 99, 99.9 })
  io.write(string.format(
    "perf %d %d %d %d %d %.1f %.1f %.1f\n",
    summary.requests,
    summary.duration,
    errors.connect + errors.read + errors.write,
    errors.timeout,
    errors.status,
    times[1],
    times[2],
    times[3]
  ))
end
