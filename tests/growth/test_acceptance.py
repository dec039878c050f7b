"""Who has not accepted their terms, where their word is needed anew, and being reminded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from hanse.growth.negotiations.acceptance import not_accepted, remind_of_terms
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.actions import accept_terms
from hanse.spine.outbox.models import OutboxItem
from tests import make
from tests.cast import Cast, build

pytestmark = pytest.mark.django_db
NOW, BY = make.NOON, "ruth"


@pytest.fixture
def cast(db: None) -> Cast:
    return build()


def _who(cast: Cast) -> list[tuple[str, bool]]:
    return [(one.enrolment.partner.name, one.is_needed) for one in not_accepted(cast.program.pk, NOW)]


def test_who_never_accepted_anything_is_needed_and_who_did_is_not_named(cast: Cast) -> None:
    accept_terms(cast.anas, cast.terms, by="ana", at=NOW)
    assert _who(cast) == [("Ben", True)]


def test_other_clauses_are_told_and_another_legal_text_needs_a_word(cast: Cast) -> None:
    for enrolment in (cast.anas, cast.bens):
        accept_terms(enrolment, cast.terms, by="x", at=NOW - timedelta(days=9))
    second = make.terms(cast.program, starts_at=NOW - timedelta(days=2))
    assert _who(cast) == [("Ana", False), ("Ben", False)]
    accept_terms(cast.anas, second, by="ana", at=NOW)
    assert _who(cast) == [("Ben", False)]
    make.terms(cast.program, starts_at=NOW - timedelta(days=1), legal_text="No bidding on our name.")
    assert _who(cast) == [("Ana", True), ("Ben", True)]


def test_terms_that_begin_later_and_partners_who_left_are_not_asked(cast: Cast) -> None:
    accept_terms(cast.anas, cast.terms, by="ana", at=NOW)
    make.terms(cast.program, starts_at=NOW + timedelta(days=1), legal_text="New")
    make.change_status(cast.bens, "ended", NOW)
    assert _who(cast) == []


def test_a_reminder_goes_out_once_a_day(cast: Cast) -> None:
    for hours in (0, 2):
        assert remind_of_terms(not_accepted(cast.program.pk, NOW), now=NOW + timedelta(hours=hours), by=BY) == 2
    assert OutboxItem.objects.filter(key__startswith="accept:").count() == 2
    remind_of_terms(not_accepted(cast.program.pk, NOW), now=NOW + timedelta(days=1), by=BY)
    assert OutboxItem.objects.filter(key__startswith="accept:").count() == 4


def test_the_versions_page_names_them_and_reminds(cast: Cast) -> None:
    desk = Client()
    desk.force_login(make.manager("anna@harbour.example", "owner"))
    path = f"/console/terms/{text_id('trm', cast.terms.pk)}"
    assert "Ben" in desk.get(path).content.decode()
    assert desk.post(f"{path}/remind").status_code == 302
    assert OutboxItem.objects.filter(key__startswith="accept:").count() == 2
