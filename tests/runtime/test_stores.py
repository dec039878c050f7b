"""The stores: clicks apart from money on SQLite, every connection set up for money, copies instead of flushes."""

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from hanse.kernel import clock
from hanse.kernel.ids import new_id
from hanse.spine.outbox.models import OutboxItem
from hanse.traffic.clicks.models import Click

pytestmark = pytest.mark.django_db


def make_click() -> Click:
    return Click.objects.create(
        id="a" * 24, link_number=1, program_id=new_id(), enrolment_id=new_id(), occurred_at=clock.now()
    )


def test_a_click_lands_in_the_clicks_store_without_being_told() -> None:
    click = make_click()
    assert click._state.db == ("clicks" if "clicks" in connections else "default")
    assert Click.objects.count() == 1


def test_the_click_table_exists_in_one_store_only() -> None:
    with_table = [alias for alias in connections if "traffic_click" in connections[alias].introspection.table_names()]
    assert with_table == (["clicks"] if "clicks" in connections else ["default"])


def test_a_sqlite_connection_is_durable_and_checks_foreign_keys() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite's own switches")
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 20000,
    }
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
        assert cursor.execute("SELECT sqlite_version()").fetchone()[0] >= "3.51.3"
    assert found == wanted


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begins_with_the_write_lock_in_hand() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        pass
    assert queries[0]["sql"] == "BEGIN IMMEDIATE"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_real_commits_are_taken_back_by_copying_the_template(turn: int) -> None:
    make_click()
    OutboxItem.objects.create(kind="mail", key="once", payload={}, created_at=clock.now(), due_at=clock.now())
    assert (Click.objects.count(), OutboxItem.objects.count()) == (1, 1)


def test_sixteen_thousand_values_fit_into_one_statement() -> None:
    keys = [new_id() for _ in range(15_000)]
    assert list(OutboxItem.objects.filter(pk__in=keys)) == []


def test_a_unique_key_holds() -> None:
    OutboxItem.objects.create(kind="mail", key="once", payload={}, created_at=clock.now(), due_at=clock.now())
    with pytest.raises(IntegrityError):
        OutboxItem.objects.create(kind="mail", key="once", payload={}, created_at=clock.now(), due_at=clock.now())
