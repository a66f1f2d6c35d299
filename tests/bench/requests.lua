-- Fires the requests of a file in turn: path, body and cookie on every line, with tabs between them.
local shots, at, failed = {}, 0, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, body, cookie = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)$')
    local headers = { ["Content-Type"] = "application/json" }
    if cookie ~= "" then headers["Cookie"] = cookie end
    if body == "" then
      shots[#shots + 1] = wrk.format("GET", path, headers)
    else
      shots[#shots + 1] = wrk.format("POST", path, headers, body)
    end
  end
end

function request()
  at = at % #shots + 1
  return shots[at]
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "seconds": %f, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, failures))
end
