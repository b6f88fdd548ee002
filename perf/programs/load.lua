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

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "perf %d %d %d %d %d %.1f %.1f %.1f\n",
    summary.requests,
    summary.duration,
    errors.connect + errors.read + errors.write,
    errors.timeout,
    errors.status,
    latency:percentile(50),
    latency:percentile(99),
    latency:percentile(99.9)
  ))
end
