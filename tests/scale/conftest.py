"""Several machines over one PostgreSQL and one NATS, all started here and gone with the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.postgres import start_postgres
from tests.scale.machines import Machines, Role


@dataclass
class Spread:
    """Two edges, two workers and a web role, each on a machine of its own."""

    machines: Machines
    edges: list[Role]
    workers: list[Role]
    web: Role


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a PostgreSQL server."""
    return os.environ.get("HANSE_TEST_POSTGRES") or start_postgres()


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Spread]:
    """A spread installation with one program, one partner and one link."""
    machines = Machines(tmp_path_factory.mktemp("machines"), postgres)
    try:
        web = machines.role("web", "web")
        machines.environment["HANSE_WEB_URLS"] = web.url
        edges = [machines.role("edge", f"edge{number}") for number in (1, 2)]
        workers = [machines.role("work", f"work{number}") for number in (1, 2)]
        for role in (web, *edges):
            role.wait_until_ready()
        machines.make_shop(edges[0])
        for edge in edges:
            machines.sees_link(edge)
        yield Spread(machines, edges, workers, web)
    finally:
        machines.stop()
