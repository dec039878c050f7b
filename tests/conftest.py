"""What every test may ask for: databases, a journal, a clock that moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from hypothesis import HealthCheck
from hypothesis import settings as hypotheses

from hanse.journal.sqlite import SqliteJournal
from tests import databases

hypotheses.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypotheses.load_profile("here")  # how long an example takes is the machine's matter, not the rule's

SWEEPS = {"test_any_order.py", "test_every_clause_in_any_order.py"}
"""Many parameters of one test, each a minute of one engine's time: on PostgreSQL the first one, all with `--long`."""
PAGES = {"api", "console", "portal", "public", "faces"}  # ask through rooms that are tested on both


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--postgres` and `--long`."""
    parser.addoption("--postgres", action="store_true", help="run the tests that touch the database, on PostgreSQL")
    parser.addoption("--long", action="store_true", help="run the long tests too")


SLOW_PLACES = (
    "tests/scenarios/",
    "test_orders_of_arrival",
    "test_against_a_naive_price",
    "console/test_pages",
    "portal/test_isolation",
    "test_reading_changes_nothing",
)
"""Whole products under test, all orders of arrival, every page for every role: left out of `./test quick`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let database tests use every store, and choose the tests that belong to this run."""
    for item in items:
        if any(place in item.path.as_posix() for place in SLOW_PLACES):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("django_db") or {"db", "transactional_db", "live_server"} & set(item.fixturenames):
            marker = item.get_closest_marker("django_db")
            options = {"databases": "__all__", **(marker.kwargs if marker else {})}
            item.add_marker(pytest.mark.django_db(**options), append=False)
    left_out = [item for item in items if not _belongs(item, config)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _belongs(item: pytest.Item, config: pytest.Config) -> bool:
    if item.get_closest_marker("long") and not config.getoption("long"):
        return False
    if config.getoption("postgres"):
        if item.path.name in SWEEPS and not config.getoption("long") and _is_repeat(item):
            return False
        asks_the_database = item.get_closest_marker("django_db") and not PAGES & set(
            item.path.relative_to(config.rootpath).parts
        )
        return bool(asks_the_database or item.get_closest_marker("postgres"))
    return not item.get_closest_marker("postgres")


def _is_repeat(item: pytest.Item) -> bool:
    """Say whether a test is one of many with other parameters, and not the first of them."""
    call = getattr(item, "callspec", None)
    return call is not None and any(call.indices.values())


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """Give this process its databases; tests with real commits put them back by copying, never by flushing."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own class
        databases.prepare()
    TransactionTestCase._fixture_teardown = lambda _self: databases.restore()  # type: ignore[attr-defined, method-assign]


@pytest.fixture(scope="session", autouse=True)
def _one_chain() -> Iterator[None]:
    """Let all test clients share one chain of middleware: each would read every static file's date anew."""
    load, loaded = ClientHandler.load_middleware, dict[tuple[str, ...], dict[str, object]]()

    def load_once(handler: ClientHandler, *more: object) -> None:
        names = tuple(settings.MIDDLEWARE)
        if names not in loaded:
            load(handler, *more)
            loaded[names] = vars(handler)
        vars(handler).update({name: value for name, value in loaded[names].items() if name.startswith("_")})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_once)
        yield


class Clock:
    """The present moment, as a test wants it. Every process that is started with this environment follows."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def set(self, at: datetime | str) -> datetime:
        """Make `at` the present (ISO text without a zone is UTC)."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        draft = self._path.with_suffix(".new")
        draft.write_text(moment.astimezone(UTC).isoformat())
        draft.rename(self._path)
        return moment

    @property
    def now(self) -> datetime:
        """The present."""
        return datetime.fromisoformat(self._path.read_text())

    def move(self, **length: float) -> datetime:
        """Move the present by a length of time: `move(days=30)`."""
        return self.set(self.now + timedelta(**length))


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still at 17 November 2026, 09:00 UTC, until it is moved."""
    moving = Clock(tmp_path / "clock")
    moving.set("2026-11-17T09:00:00")
    monkeypatch.setenv("HANSE_CLOCK", str(tmp_path / "clock"))
    return moving


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    """An empty journal."""
    log = SqliteJournal(tmp_path / "journal.sqlite3", sync="normal")
    yield log
    log.close()
