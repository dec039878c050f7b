"""SQLite is told how full its tables are, and then takes the index that leaves fewest rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from hanse.growth.content.actions import note_piece
from hanse.growth.content.models import Piece
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


def test_a_few_rows_of_a_large_program_are_found_by_their_numbers_and_not_by_the_program() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself")
    program = make.program()
    ana = make.enrolment(make.partner("Ana"), program)
    pieces = [
        note_piece(ana, address=f"https://ana.example/{number}", title="T", published_at=make.NOON, source="team",
                   text="", now=make.NOON, by="t")
        for number in range(100)
    ]  # fmt: skip
    few = Piece.objects.filter(program=program, pk__in=[piece.pk for piece in pieces[:3]]).order_by()
    assert "(program_id=?)" in few.explain(), "nothing is known yet: this is what the telling is for"
    tell_planner()
    connection.close()
    assert "(id=?)" in few.explain()
