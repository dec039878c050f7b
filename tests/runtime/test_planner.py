"""SQLite is told how full its tables are, and then takes the index that leaves fewest rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from hanse.programs.models import Enrolment
from hanse.runtime.planner import tell_planner
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def untold() -> Iterator[None]:
    """Let the other tests plan as if nothing were known."""
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_stat1")
        connection.close()


def told() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'programs_enrolment'")
        return int(cursor.fetchone()[0])


def test_a_few_rows_of_a_large_program_are_found_by_their_numbers_and_not_by_the_program() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself")
    program = make.program()
    ids = [make.enrolment(make.partner(f"Ana {number}"), program).pk for number in range(300)]
    tell_planner()
    assert told() > 0
    connection.close()
    plan = Enrolment.objects.filter(program=program, pk__in=ids[:3]).order_by().explain()
    assert "(id=?)" in plan, plan
