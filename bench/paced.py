"""A client that sends clicks at a steady rate and times each answer: for machines without wrk."""

from __future__ import annotations

import asyncio
import random
import time

from bench.visitors import agents

CONNECTIONS = 32


def paced_latencies_ms(port: int, links: int, rate_per_s: int, seconds: float, slugs: str = "l") -> list[float]:
    """Send clicks at a rate over kept connections; return each one's milliseconds, counted from when it was due.

    The links are called `slugs` and a number.
    """
    return asyncio.run(_all(port, links, rate_per_s, seconds, slugs))


async def _all(port: int, links: int, rate_per_s: int, seconds: float, slugs: str) -> list[float]:
    began, kinds, chance = time.perf_counter() + 0.1, agents(), random.Random(1)  # noqa: S311
    total = int(rate_per_s * seconds)
    due = [began + number / rate_per_s for number in range(total)]
    shares = [due[place::CONNECTIONS] for place in range(CONNECTIONS)]
    parts = await asyncio.gather(*(_one(port, links, share, kinds, chance, slugs) for share in shares))
    return [latency for part in parts for latency in part]


async def _one(
    port: int, links: int, due: list[float], kinds: list[str], chance: random.Random, slugs: str
) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies = []
    for at in due:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        path, agent = f"/{slugs}{chance.randrange(links)}", chance.choice(kinds)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: {agent}\r\nAccept: text/html\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        latencies.append((time.perf_counter() - at) * 1000)
    writer.close()
    return latencies
