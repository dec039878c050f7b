"""Partners are told when their terms change: who is reached, what changes, why; never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hanse.growth.negotiations.notices import tell_of_terms
from hanse.programs.tiers.models import Tier
from hanse.spine.outbox.models import OutboxItem
from tests import make

pytestmark = pytest.mark.django_db
LOWER = {"kind": "percent", "rate": "15%", "goal": "sale"}


def told() -> list[str]:
    return sorted(row.payload["to"] for row in OutboxItem.objects.filter(kind="mail"))


def test_those_whom_new_terms_reach_are_told_what_changes_and_why() -> None:
    program = make.program()
    make.terms(program)
    make.enrolment(make.partner("Ana"), program)
    ben = make.enrolment(make.partner("Ben"), program)
    make.terms(program, enrolment=ben)
    cleo = make.enrolment(make.partner("Cleo"), program, tier=Tier.objects.get(program=program, key="power"))
    make.terms(program, tier=cleo.tier)
    make.enrolment(make.partner("Dan"), program, status="ended")
    new = make.terms(program, LOWER, starts_at=make.NOON + timedelta(days=30), reason="Post is dearer.")
    assert tell_of_terms(new, make.NOON) == 1
    tell_of_terms(new, make.NOON)
    assert told() == ["ana@partners.example"]
    text = OutboxItem.objects.get().payload["text"]
    assert "Post is dearer." in text
    assert "percent on sale: 20% → 15%" in text
    assert "June 14, 2026" in text


def test_the_first_terms_of_a_program_are_no_change() -> None:
    program = make.program()
    make.enrolment(make.partner("Ana"), program)
    assert tell_of_terms(make.terms(program), make.NOON) == 0
