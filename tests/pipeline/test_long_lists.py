"""Long lists of ids and texts go to the database in one parameter and mean what short ones mean."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment, StatusChange
from hanse.programs.programs.models import Program
from hanse.spine.long_lists import LONG
from tests import make

pytestmark = pytest.mark.django_db


def padded(*ids: UUID) -> set[UUID]:
    return {*ids, *(new_id() for _ in range(LONG + 1))}


def test_a_long_list_finds_what_a_short_one_finds() -> None:
    mine, other = make.program("mine"), make.program("other")
    enrolments = [make.enrolment(make.partner(name), mine) for name in ("Ana", "Bo")]
    ids = padded(enrolments[0].id)
    assert list(Enrolment.objects.filter(id__in=ids)) == [enrolments[0]]
    assert list(Enrolment.objects.exclude(pk__in=list(ids))) == [enrolments[1]]
    assert Enrolment.objects.filter(program_id__in=padded(mine.id)).count() == 2
    assert Enrolment.objects.filter(program__in=padded(other.id)).count() == 0
    assert StatusChange.objects.filter(enrolment__program_id__in=padded(mine.id)).count() == 2
    slugs = ["mine", "it's", 'a "b"', "żółć", *(f"s{number}" for number in range(LONG))]
    assert list(Program.objects.filter(slug__in=slugs)) == [mine]


def test_it_takes_one_parameter_and_more_values_than_there_may_be_parameters() -> None:
    program = make.program()
    ids = [program.id, *(new_id() for _ in range(70_000))]
    with CaptureQueriesContext(connection) as captured:
        assert Program.objects.filter(id__in=ids).update(name="Found") == 1
        assert Program.objects.filter(id__in=ids, name="Found").count() == 1
    assert len(captured) == 2


def test_objects_texts_for_ids_and_queries_are_left_to_django() -> None:
    program = make.program()
    made = [make.enrolment(make.partner(f"P{number}"), program) for number in range(LONG + 2)]
    assert StatusChange.objects.filter(enrolment__in=made).count() == len(made)
    assert Enrolment.objects.filter(id__in=[str(one.id) for one in made]).count() == len(made)
    assert Enrolment.objects.filter(id__in=Enrolment.objects.values("id")).count() == len(made)
    assert Enrolment.objects.filter(id__in=[*(one.id for one in made), None]).count() == len(made)
