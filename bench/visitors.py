"""The visitors of the edge's measurement: browsers of many kinds, one in five a bot, some who click twice."""

from __future__ import annotations

import random
from pathlib import Path

_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {kit} Chrome/{v}.0.{n}.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {kit} Chrome/{v}.0.{n}.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S91{n}B) {kit} Chrome/{v}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; Pixel {n}) {kit} Chrome/{v}.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{n} like Mac OS X) {kit} Version/17.{n} Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_{n} like Mac OS X) {kit} Mobile/15E148 Instagram {v}.0.0.{n} (iPhone14,5)",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:{v}.0) Gecko/20100101 Firefox/{v}.{n}",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {kit} Chrome/{v}.0.0.0 Safari/537.36 Edg/{v}.0.{n}.0",
)

# One click in twenty repeats a visitor's earlier one, one in fifty asks for a link that does not exist
_LUA = """
local agents = {{}}
for line in io.lines("{agents}") do agents[#agents + 1] = line end
math.randomseed({seed})
request = function()
  local number = math.random(0, {links} - 1)
  local headers = {{["User-Agent"] = agents[math.random(#agents)], ["Accept"] = "text/html",
    ["Accept-Language"] = "en-GB", ["Accept-Encoding"] = "gzip, br",
    ["Referer"] = "https://blog.example/best-of-" .. number % 500 .. "?page=2"}}
  local dice = math.random(100)
  if dice <= 5 then
    number = number % 200
    headers["Cookie"] = "theme=dark; hz_visitor=AAAAAAAAAAAAAAAAA" .. string.format("%03d", number)
  elseif dice <= 7 then
    return wrk.format("GET", "/unknown" .. number % 1000, headers)
  end
  return wrk.format("GET", "/l" .. number, headers)
end
done = function(summary, latency, requests)
  local bad = summary.errors
  local failed = bad.connect + bad.read + bad.write + bad.timeout + bad.status
  io.write(string.format('\\nRESULT {{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "failed": %d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, failed))
end
"""


def agents(number: int = 500, seed: int = 7) -> list[str]:
    """Return user agents: four in five browsers, one in five from the public list of bots."""
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    chance = random.Random(seed)  # noqa: S311  # the same visitors each time
    bots = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry.get("instances", []) if agent.isascii()]
    chosen = chance.sample(bots, number // 5)
    for place in range(number - len(chosen)):
        chosen.append(
            _BROWSERS[place % len(_BROWSERS)].format(kit=_KIT, v=chance.randint(100, 131), n=chance.randint(0, 9))
        )
    return chosen


def write_script(folder: Path, links: int, seed: int) -> Path:
    """Write wrk's script and its agents; return the script's path."""
    (folder / "agents.txt").write_text("\n".join(agents()) + "\n", encoding="ascii")
    script = folder / "visitors.lua"
    script.write_text(_LUA.format(agents=folder / "agents.txt", links=links, seed=seed), encoding="ascii")
    return script
