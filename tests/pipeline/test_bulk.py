"""Writing many rows at once stores what the ORM would store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from hanse.insight.rollups.models import EnrolmentDay
from hanse.spine import bulk
from hanse.spine.bulk import add_many, insert_many, update_many
from hanse.spine.outbox.models import OutboxItem

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, 30, 0, 123456, tzinfo=UTC)


def row(key: str, **columns: object) -> dict[str, object]:
    return {
        "id": uuid4(),
        "kind": "mail",
        "key": key,
        "payload": {"a": [1, "ü"]},
        "created_at": AT,
        "due_at": AT,
    } | columns


@pytest.mark.parametrize("copied_from", [1, 5_000])
def test_rows_come_back_as_they_went_in_with_defaults_filled(copied_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "COPIED_FROM", copied_from)
    zone = timezone(timedelta(hours=2))
    insert_many(OutboxItem, [row("a", due_at=AT.astimezone(zone)), row("b", payload=None or {})])
    first = OutboxItem.objects.get(key="a")
    assert (first.payload, first.created_at, first.due_at, first.attempts) == ({"a": [1, "ü"]}, AT, AT, 0)
    assert (first.done_at, first.last_error) == (None, "")
    assert list(OutboxItem.objects.filter(due_at=AT, id=first.id)) == [first]


def test_a_known_key_is_refused_or_skipped() -> None:
    insert_many(OutboxItem, [row("a", kind="first")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(OutboxItem, [row("a")])
    insert_many(OutboxItem, [row("a"), row("b")], ignore_known=True)
    assert set(OutboxItem.objects.values_list("key", "kind")) == {("a", "first"), ("b", "mail")}


def test_updates_go_by_primary_key() -> None:
    rows = [row("a"), row("b")]
    insert_many(OutboxItem, rows)
    update_many(OutboxItem, [{"id": one["id"], "attempts": 3, "payload": {"b": 1}} for one in rows[:1]])
    assert list(OutboxItem.objects.order_by("key").values_list("attempts", "payload")) == [
        (3, {"b": 1}),
        (0, {"a": [1, "ü"]}),
    ]


def test_numbers_are_added_to_rows_that_exist_and_new_rows_made() -> None:
    program, enrolment = uuid4(), uuid4()
    keys = ("program_id", "enrolment_id", "day")
    for clicks in (1, 2):
        cell = {
            "program_id": program,
            "enrolment_id": enrolment,
            "day": date(2026, 5, 4),
            "clicks": clicks,
            "value_minor": -5,
        }
        add_many(EnrolmentDay, keys, [cell])
    day = EnrolmentDay.objects.get()
    assert (day.clicks, day.value_minor, day.conversions) == (3, -10, 0)


def test_nothing_to_write_is_no_statement() -> None:
    insert_many(OutboxItem, [])
    update_many(OutboxItem, [])
    add_many(EnrolmentDay, ("day",), [])
