"""Effects on the outside world: promised once, claimed by one, tried again with patience."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.spine.outbox import actions
from hanse.spine.outbox.models import OutboxItem
from tests.make import NOON

pytestmark = pytest.mark.django_db


def promised(key: str = "k", due_in: int = 0) -> bool:
    return actions.enqueue("mail", key, {"to": "x"}, due_at=NOON + timedelta(seconds=due_in), now=NOON)


def test_a_key_promises_one_effect() -> None:
    assert [promised(), promised()] == [True, False]
    assert OutboxItem.objects.count() == 1


def test_a_claimed_item_is_nobody_elses_until_its_time_is_up() -> None:
    promised()
    promised("later", 60)
    assert [item.key for item in actions.claim(10, NOON)] == ["k"]
    assert actions.claim(10, NOON) == []
    again = actions.claim(10, NOON + timedelta(seconds=60))
    assert {item.key: item.attempts for item in again} == {"k": 2, "later": 1}


def test_what_is_done_is_not_claimed_again_and_forgets_its_content() -> None:
    promised()
    [item] = actions.claim(1, NOON)
    actions.mark_done(item.pk, NOON)
    assert actions.claim(1, NOON + timedelta(days=9)) == []
    assert OutboxItem.objects.get().payload == {}


def test_failures_wait_longer_each_time_and_end_with_a_person() -> None:
    promised()
    at, waits = NOON, []
    for _attempt in range(actions.MAX_ATTEMPTS):
        [item] = actions.claim(1, at)
        actions.mark_failed(item.pk, "refused", at)
        due_at = OutboxItem.objects.get().due_at
        waits.append((due_at - at).total_seconds())
        at = max(due_at, at)
    assert waits[:4] == [10, 20, 40, 80]
    assert max(waits) <= 12 * 3600
    stored = OutboxItem.objects.get()
    assert (stored.failed_at, stored.last_error) == (at, "refused")
    assert actions.claim(1, at + timedelta(days=1)) == []
