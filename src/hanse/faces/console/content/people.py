"""Partners as forms of content name them: by name or e-mail address."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_MOST = 500


def active_partners(program: Program) -> QuerySet[Enrolment]:
    """Return who is with the program now."""
    rows = Enrolment.objects.filter(program=program, status__in=("active", "paused", "suspended"), is_test=False)
    return rows.select_related("partner", "program")


def named_partner(program: Program, text: str) -> Enrolment | None:
    """Return the one with this address or name, None where there is none."""
    rows, text = active_partners(program), text.strip()
    return rows.filter(partner__email__iexact=text).first() or rows.filter(partner__name__iexact=text).first()


def names(program: Program) -> Sequence[str]:
    """Return names to choose from."""
    found = active_partners(program).order_by("partner__name").values_list("partner__name", flat=True)
    return list(found[:_MOST])


def name_of(program: Program, text: str) -> str:
    """Return the name of the partner whose id stands in a link, "" for none."""
    try:
        key = parse_id("prt", text)
    except Invalid:
        return ""
    return active_partners(program).filter(partner_id=key).values_list("partner__name", flat=True).first() or ""
