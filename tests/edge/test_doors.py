"""What Django publishes is what the edge reads, on both databases; and what may be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings

from hanse.edge.directory import Directory
from hanse.edge.doors import Doors, DoorsClosed
from hanse.edge.pruning import KEEP_RECORDS, Pruning
from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.paths import is_slug
from hanse.spine.doors.models import DoorKey, DoorLink, DoorProgram, DoorState
from hanse.spine.intake.models import Verdict
from hanse.spine.parked.models import ParkedFact
from hanse.spine.parked.rules import host_key
from hanse.spine.positions.models import Position

PROGRAM, KEY_ID = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def doors(transactional_db: None) -> Doors:
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"] or "runtime.database" in database["ENGINE"]:
        path = Path(database["NAME"])
        assert path.name == "main.sqlite3"
        return Doors(path.parent)
    who = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
    host = quote(database["HOST"], safe="")
    return Doors(Path("/nowhere"), f"postgresql://{who}{host}:{database['PORT']}/{database['NAME']}")


def publish() -> None:
    DoorState.objects.update_or_create(id=1, defaults={"version": 3})
    DoorProgram.objects.create(
        program_id=PROGRAM, slug="p", fallback_url="https://s.example/", token_param="hz_click", currency="EUR",
        goals=["sale", "Lead"], allowed_hosts=["S.example"], click_hosts=[], browser_conversions=True, version=1,
    )  # fmt: skip
    DoorLink.objects.create(
        number=7,
        slug="ąbc",
        program_id=PROGRAM,
        destination="https://s.example/ż",
        allowed_hosts=["s.example"],
        version=2,
        expires_at=NOW,
    )
    DoorKey.objects.create(hash="h", key_id=KEY_ID, program_id=None, scopes=["facts:write"], version=3)


def test_the_edge_reads_what_django_published(doors: Doors) -> None:
    publish()
    directory = Directory(doors)
    assert directory.refresh()
    link = directory.links.get("ąbc")
    assert link is not None
    assert (link.number, link.destination, link.allowed_hosts) == (7, "https://s.example/%C5%BC", {"s.example"})
    assert link.expires_ms == int(NOW.timestamp() * 1000)
    assert (link.program.goals, link.program.allowed_hosts, link.program.archived) == (
        {"sale", "Lead"},
        {"s.example"},
        False,
    )
    assert directory.keys["h"].allows("facts:write")
    assert not directory.keys["h"].allows("write")
    assert doors.link_program(7) == PROGRAM
    assert doors.link_program(8) is None
    assert directory.hosts == {"s.example"}
    doors.close()


def test_only_what_changed_is_read_again(doors: Doors) -> None:
    publish()
    directory = Directory(doors)
    directory.refresh()
    DoorLink.objects.filter(number=7).update(status="link_disabled", version=4)
    assert directory.links.get("ąbc").status == ""  # type: ignore[union-attr]
    DoorState.objects.update(version=4)
    directory.refresh()
    assert directory.links.get("ąbc").status == "link_disabled"  # type: ignore[union-attr]
    assert [[row.number for row in rows] for rows in doors.links_since(3)] == [[7]]
    doors.close()


def test_verdicts_come_in_the_order_of_the_facts(doors: Doors) -> None:
    for index in (1, 0):
        Verdict.objects.create(sequence=5, index=index, http_status=200, body={"n": index}, decided_at=NOW)
    assert [(row.place, row.http_status, row.body) for row in doors.verdicts(5)] == [
        (0, 200, {"n": 0}),
        (1, 200, {"n": 1}),
    ]
    assert doors.verdicts(6) == []
    doors.close()


def test_a_database_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(DoorsClosed):
        Doors(tmp_path).version()
    assert not (tmp_path / "main.sqlite3").exists()


def test_only_what_everybody_applied_long_ago_is_forgotten(doors: Doors, tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "j")
    total = KEEP_RECORDS + 500
    journal.append([b"x"] * total)
    pruning = Pruning(journal, doors)
    in_two_months_ms = int(datetime.now(UTC).timestamp() * 1000) + 60 * 86_400_000
    assert pruning.prune(in_two_months_ms) == 0, "nobody has read it"
    Position.objects.create(name="a", journal_id=str(journal.journal_id), sequence=total, moved_at=NOW)
    Position.objects.create(name="b", journal_id=str(journal.journal_id), sequence=300, moved_at=NOW)
    assert pruning.prune(in_two_months_ms - 60 * 86_400_000) == 0, "it is young"
    assert pruning.prune(in_two_months_ms) == 300
    Position.objects.filter(name="b").update(sequence=total)
    assert pruning.prune(in_two_months_ms) == 200
    assert journal.read(0, 1)[0].sequence == 501
    doors.close()


@pytest.mark.parametrize("text", ["a", "spring-sale", "Anna.b_2~x", "a" * 120])
def test_a_slug_is_what_an_address_can_carry(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize("text", ["", "-a", ".", "a/b", "a b", "ą", "a" * 121, "v1", "Console", "hz.js", "a%20", "a\n"])
def test_what_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_what_was_let_in_since_its_host_was_listed_leaves_room_for_other_hosts(doors: Doors) -> None:
    for number, status in enumerate(("waiting", "resolved", "dismissed")):
        ParkedFact.objects.create(
            status=status, source="browser", kind="conversion", program_id=PROGRAM, external_id=str(number),
            reason="unlisted_host", waits_for=host_key(PROGRAM, "pay.shop.example"), body={}, sequence=number,
            occurred_at=NOW, received_at=NOW,
        )  # fmt: skip
    assert doors.kept_for_hosts(PROGRAM, 10) == 1
    doors.close()
