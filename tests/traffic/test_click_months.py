"""Clicks in months on PostgreSQL: made ahead, nothing refused, each click once, old months dropped whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from hanse.kernel.fact_types import ClickFact
from hanse.runtime.sweeps import forget_old_clicks, keep_click_months
from hanse.traffic.clicks.actions import record_clicks
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.months import Month, click_parts, past_months
from hanse.traffic.clicks.queries import clicks_by_id
from hanse.traffic.clicks.types import ClickArrival

NOW = datetime(2031, 11, 17, 9, tzinfo=UTC)


def click(number: int, at: datetime, sequence: int = 1) -> ClickArrival:
    return ClickArrival(ClickFact(f"{number:024x}", 999, at), sequence)


def months() -> list[Month]:
    return [part.month for part in click_parts() if part.month]


def where(number: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM traffic_click WHERE id = %s", [f"{number:024x}"])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_sqlite_has_no_months_and_sweeps_nothing() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("that is the other engine")
    assert click_parts() == []
    assert keep_click_months(NOW) == 0
    assert past_months(NOW) == []


@pytest.mark.postgres
@pytest.mark.django_db
class TestOnPostgresql:
    def test_months_are_made_ahead_once(self) -> None:
        assert keep_click_months(NOW) == 4
        assert months()[-4:] == [Month(2031, 11), Month(2031, 12), Month(2032, 1), Month(2032, 2)]
        assert keep_click_months(NOW) == 0

    def test_a_click_of_any_time_is_taken(self) -> None:
        keep_click_months(NOW)
        times = [datetime(2021, 10, 1, tzinfo=UTC), NOW, datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)]
        assert len(record_clicks([click(number, at) for number, at in enumerate(times)])) == 3
        assert [where(number) for number in range(3)] == [
            ["traffic_click_rest"], ["traffic_click_2031_11"], ["traffic_click_2031_12"],
        ]  # fmt: skip
        assert set(clicks_by_id([f"{number:024x}" for number in range(3)])) == {f"{n:024x}" for n in range(3)}

    def test_a_click_is_there_once_also_when_its_second_telling_has_another_moment(self) -> None:
        keep_click_months(NOW)
        late = datetime(2031, 11, 30, 23, 59, 59, 900_000, tzinfo=UTC)
        after = datetime(2031, 12, 1, 0, 0, 0, 100_000, tzinfo=UTC)
        assert len(record_clicks([click(1, late)])) == 1
        assert len(record_clicks([click(1, late)])) == 1, "the same record again brings the same click"
        assert record_clicks([click(1, after, sequence=2)]) == []
        assert where(1) == ["traffic_click_2031_11"]

    def test_clicks_in_the_rest_move_into_their_month_when_it_is_made(self) -> None:
        record_clicks([click(1, NOW), click(2, datetime(2030, 1, 31, tzinfo=UTC))])
        assert where(1) == where(2) == ["traffic_click_rest"]
        assert keep_click_months(NOW) == 5
        assert (where(1), where(2)) == (["traffic_click_2031_11"], ["traffic_click_2030_01"])
        assert Click.objects.count() == 2

    def test_old_months_are_dropped_whole_and_what_is_left_of_one_goes_by_row(self) -> None:
        first, last = datetime(2030, 9, 3, tzinfo=UTC), datetime(2030, 11, 20, tzinfo=UTC)
        boundary = datetime(2030, 10, 13, 9, tzinfo=UTC)  # 400 days before NOW
        times = [first, boundary.replace(hour=8), boundary.replace(hour=10), last]
        record_clicks([click(number, at) for number, at in enumerate(times)])
        keep_click_months(NOW)
        assert Month(2030, 9) in months()
        forget_old_clicks(NOW)
        assert Month(2030, 9) not in months()
        assert Month(2030, 10) in months()
        assert set(Click.objects.values_list("occurred_at", flat=True)) == {times[2], last}

    def test_the_indexes_of_the_table_are_on_every_month(self) -> None:
        keep_click_months(NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tablename, count(*) FROM pg_indexes WHERE tablename LIKE 'traffic_click%%' "
                "AND tablename <> 'traffic_clicksforgotten' GROUP BY 1"
            )
            counts = dict(cursor.fetchall())
        assert counts["traffic_click_2031_11"] == counts["traffic_click"] == counts["traffic_click_rest"] == 5

    def test_a_look_at_some_days_reads_their_months_only(self) -> None:
        keep_click_months(NOW)
        plan = Click.objects.filter(
            program_id=None, occurred_at__gte=NOW, occurred_at__lt=NOW.replace(day=20)
        ).explain()
        assert "traffic_click_2031_12" not in plan
