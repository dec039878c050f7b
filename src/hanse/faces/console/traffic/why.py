"""Why? An order, click, code or customer is typed; the checks come back in the program's order, with the fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page, may
from hanse.faces.common.evidence import kind_words
from hanse.faces.common.page import needs_program
from hanse.faces.common.tables import UrlState
from hanse.faces.console.acts import ADJUST, CHANGE
from hanse.faces.console.traffic.frame import traffic_page
from hanse.faces.console.traffic.why_fixes import Door, door_of
from hanse.insight.why import sentences
from hanse.insight.why.queries import kind_of
from hanse.insight.why.queries import why as trace
from hanse.insight.why.types import Check, Tracer
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

KINDS = ("order", "click", "coupon", "customer")


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check in words. `look`: passed, failed (the answer, framed), noted (failed, but not why), waits, not_needed,
    not_reached."""

    look: str
    title: str
    finding: str
    fix: str
    door: Door | None


@console_page()
@needs_program
def why(request: HttpRequest, program: Program) -> HttpResponse:
    """Answer why something earned, or did not."""
    state = UrlState(request.GET)
    text, asked = state.text("q"), state.choice("kind", KINDS)
    context: dict[str, object] = {"q": text, "kind": asked, "kinds": kind_choices()}
    if text:
        kind = asked or kind_of(text, program)
        tracer = trace(kind, text, program)
        context |= {"found": tracer, "found_kind": kind} | tracer_context(tracer, program)
        context["may_adjust"] = may(request, ADJUST) and kind == "order" and tracer.outcome in ("nothing", "unknown")
        context["may_retry"] = may(request, CHANGE)
        context["adjust_link"] = (
            f"{reverse('console:adjustments')}?{urlencode({'reason': _('Order %(id)s') % {'id': text}})}"
        )
    return traffic_page(request, program, "console/traffic/why.html", "why", context)


def tracer_context(tracer: Tracer, program: Program) -> dict[str, object]:
    """Return a tracer in words, as the template writes it."""
    return {
        "headline": sentences.headline(tracer.outcome),
        "rows": check_rows(tracer, program),
        "subject": [(name, value) for name, value in _subject(tracer.subject)],
        "earned": [(one, text_id("com", one.commission_id)) for one in tracer.earned],
        "losers": [
            (kind_words(one.kind, "", "")[0], one, sentences.finding(Check("", "failed", one.reason)))
            for one in tracer.losers
        ],
        "conversion": text_id("cnv", tracer.conversion_id) if tracer.conversion_id else "",
        "related": [(one, _link(one.kind, one.text)) for one in tracer.related],
        "suggestions": [(one, _link(one.kind, one.text)) for one in tracer.suggestions],
    }


def check_rows(tracer: Tracer, program: Program) -> list[CheckRow]:
    """Return the checks in words; only the first that failed is the answer, and only where nothing was earned."""
    rows, answered = [], tracer.outcome == "earned"
    for check in tracer.checks:
        look = _look(check, is_answer=not answered)
        answered = answered or look == "failed"
        door = door_of(check, tracer, program) if look in ("failed", "noted") else None
        rows.append(CheckRow(look, sentences.title(check), sentences.finding(check), sentences.fix(check), door))
    return rows


def _look(check: Check, *, is_answer: bool) -> str:
    if not check.has_failed:
        return check.status
    if check.fix == "wait":
        return "waits"
    return "failed" if is_answer else "noted"


def _link(kind: str, text: str) -> str:
    return f"{reverse('console:why')}?{urlencode({'kind': kind, 'q': text})}"


def kind_choices() -> list[tuple[str, str]]:
    """Return what may be asked for."""
    return [
        ("", _("Anything")), ("order", _("An order")), ("click", _("A click")), ("coupon", _("A code")),
        ("customer", _("A customer")),
    ]  # fmt: skip


def _subject(subject: Mapping[str, object]) -> list[tuple[str, object]]:
    names = {
        "partner": _("Partner"), "slug": _("Link"), "code": _("Code"), "goal": _("Goal"), "occurred_at": _("Occurred"),
        "received_at": _("Received"), "created_at": _("Made"), "country": _("Country"), "device": _("Device"),
        "agent": _("Browser"), "referrer": _("Came from"), "click_id": _("Click"), "first_seen_at": _("First seen"),
        "orders": _("Orders"), "lines": _("Lines"), "owner": _("Belongs to"),
    }  # fmt: skip
    found: list[tuple[str, object]] = []
    for key, name in names.items():
        value = subject.get(key)
        if value not in (None, "", []):
            found.append((name, value if isinstance(value, datetime) else str(value)))
    return found
