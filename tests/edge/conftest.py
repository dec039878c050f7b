"""One edge for all tests that do not mind sharing it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.edge.door_tables import DoorTables, usual_tables
from tests.edge.serving import Edge, serving


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edge")


@pytest.fixture(scope="module")
def tables(data_dir: Path) -> DoorTables:
    return usual_tables(data_dir)


@pytest.fixture(scope="module")
def edge(data_dir: Path, tables: DoorTables) -> Iterator[Edge]:
    with serving(data_dir) as running:
        yield running


@pytest.fixture
def client(edge: Edge) -> Iterator[httpx.Client]:
    with edge.client() as browser:
        yield browser
