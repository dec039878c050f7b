"""The inbox and one conversation: who waits, until when an answer is promised, and the answer itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import href, id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.inbox.frame import channel_words, inbox_page, partner_named, status_words, topic_words
from hanse.growth.conversations import actions, queries
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.conversations.types import AnswerTimes
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.kernel.errors import Refused
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import team
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

DAYS = 30
_STATUSES = ("open", "answered", "closed")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing said, as it stands in the thread."""

    row: Entry
    icon: str
    how: str
    is_ours: bool
    is_note: bool


@console_page()
@needs_program
@require_GET
def inbox(request: HttpRequest, program: Program) -> HttpResponse:
    """List who waits for us, urgent ones and the promises that end first on top."""
    state, now = UrlState(request.GET), reader()
    status = state.choice("status", _STATUSES, "open")
    rows = queries.inbox(program.pk, status)
    topic, whose = state.choice("topic", topic_words()), state.choice("whose", ("mine", "nobody"))
    if topic:
        rows = rows.filter(topic=topic)
    if whose:
        rows = rows.filter(assignee=team_member(request) if whose == "mine" else None)
    columns: list[Column[Conversation]] = [
        Column("waits", _("Waits"), order=("-is_urgent", "promised_at", "changed_at")),
        Column("latest", _("Latest"), order=("-changed_at",)),
    ]
    table = Table(state, rows, columns, "waits" if status == "open" else "latest")
    counts = queries.open_counts(program.pk)
    context = {
        "table": table, "rows": [_row(row, now.now) for row in table.page_rows], "status": status, "now": now.now,
        "waiting": counts.get("open", 0), "urgent": _urgent(program), "may_act": may(request), "whose": whose,
        "statuses": [(key, words, counts.get(key, 0), state.link(status=key)) for key, words in status_words().items()],
        "topics": [(key, words, state.link(topic=key)) for key, words in ({"": _("All")} | topic_words()).items()],
        "topic": topic, "times": _times(program), "days": DAYS, "mine_link": state.link(whose="mine"),
        "nobody_link": state.link(whose="nobody"), "all_link": state.link(whose=""),
    }  # fmt: skip
    return inbox_page(request, "console/inbox/inbox.html", "inbox", context)


def _name(row: Conversation) -> str:
    return row.partner.name if row.partner else row.sender_name or row.sender_email or _("Somebody")


def _row(row: Conversation, now: Any) -> dict[str, object]:
    late = row.promised_at is not None and row.promised_at <= now
    language = reader().language
    left = fmt.span(abs(row.promised_at - now), language) if row.promised_at else ""
    return {
        "row": row, "name": _name(row), "id": text_id("cvs", row.pk), "late": late, "left": left,
        "topic": topic_words().get(row.topic, row.topic), "excerpt": getattr(row, "excerpt", "") or "",
        "channel": channel_words().get(row.channel, ("message", row.channel)),
    }  # fmt: skip


def _urgent(program: Program) -> int:
    return Conversation.objects.filter(program=program, status="open", is_urgent=True).count()


def _times(program: Program) -> list[dict[str, object]]:
    now = reader()
    found: Sequence[AnswerTimes] = queries.answer_times(program.pk, now.now - timedelta(days=DAYS), now.now)
    names = dict(Tier.objects.filter(program=program).values_list("key", "name"))

    def span(one: AnswerTimes) -> str:
        minutes = one.median_minutes
        return fmt.span(timedelta(minutes=minutes), now.language) if minutes is not None else ""

    return [
        {
            "tier": names.get(one.tier, one.tier),
            "row": one,
            "share": fmt.ratio(one.kept, one.asked),
            "median": span(one),
        }
        for one in found
    ]


@console_page()
@needs_program
@require_GET
def conversation(request: HttpRequest, program: Program, conversation_id: str) -> HttpResponse:
    """Show one thread, with the form that answers it."""
    return _thread_page(request, program, _find(program, conversation_id))


def _thread_page(request: HttpRequest, program: Program, row: Conversation, written: str = "") -> HttpResponse:
    """Show a thread; what was `written` and could not go out stands in the form still."""
    entries, words, now = queries.entries_of(row.pk), channel_words(), reader()
    bubbles = [
        Bubble(one, *words.get(one.channel, ("message", one.channel)), one.direction == "out", one.direction == "note")
        for one in entries
    ]
    context = {
        "program": program, "row": row, "text_id": text_id("cvs", row.pk), "name": _name(row), "bubbles": bubbles,
        "written": written,
        "may_act": may(request), "topics": topic_words(), "team": [one for one in team() if one.is_active],
        "late": row.promised_at is not None and row.promised_at <= now.now, "status_words": status_words()[row.status],
        "others": _others(row), "topic_word": topic_words().get(row.topic, row.topic),
    }  # fmt: skip
    status = 422 if written else 200
    return inbox_page(request, "console/inbox/conversation.html", "inbox", context, status=status)


def _others(row: Conversation) -> list[tuple[str, Conversation]]:
    if row.partner_id is None:
        return []
    rows = queries.conversations_of(row.partner_id, row.program_id).exclude(pk=row.pk)[:5]
    return [(text_id("cvs", one.pk), one) for one in rows]


def _find(program: Program, text: str) -> Conversation:
    rows = Conversation.objects.select_related("partner__owner", "enrolment__tier", "assignee", "program")
    return get_object_or_404(rows, pk=id_or_404("cvs", text), program=program)


def _back(text: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("console:conversation", args=[text]), status=303)


@console_page()
@require_POST
@writes
@needs_program
def answer(request: HttpRequest, program: Program, conversation_id: str) -> HttpResponse:
    """Answer, or write something for colleagues only."""
    row, text, now = _find(program, conversation_id), str(request.POST.get("text", "")), clock.now()
    person = team_member(request)
    if request.POST.get("how") == "note":
        attempt_or_warn(
            request, lambda: actions.add_aside(row, text=text, now=now, by=person), _("Kept for colleagues")
        )
        return _back(conversation_id)
    is_mailed = request.POST.get("how") != "portal"
    done = _("Answered by mail and in the portal") if is_mailed and row.partner_id else _("Answered")
    verb = partial(actions.answer, row, text=text, now=now, by=person, is_mailed=is_mailed)
    if not attempt_or_warn(request, verb, done):
        return _thread_page(request, program, row, text)
    forget_count(program.pk)
    return _back(conversation_id)


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, conversation_id: str) -> HttpResponse:
    """Hand over, route anew, close or open again."""
    row, values = _find(program, conversation_id), dict[str, object]()
    if "assignee" in request.POST:
        email = str(request.POST["assignee"])
        values["assignee"] = get_object_or_404(TeamUser, email=email) if email else None
    for name in ("topic", "status"):
        if request.POST.get(name):
            values[name] = str(request.POST[name])
    if "urgent" in request.POST:
        values["is_urgent"] = request.POST["urgent"] == "1"
    attempt_or_warn(
        request, lambda: actions.change_conversation(row, values, now=clock.now(), by=actor(request)), _("Kept")
    )
    forget_count(program.pk)
    return _back(conversation_id)


@console_page()
@require_POST
@writes
@needs_program
def name_partner(request: HttpRequest, program: Program, conversation_id: str) -> HttpResponse:
    """Say which partner somebody unknown is, by address or name."""
    row, asked = _find(program, conversation_id), str(request.POST.get("partner", "")).strip()[:200]
    found = Enrolment.objects.filter(program=program).select_related("partner", "tier")
    try:
        match = partner_named(found, asked)
    except Refused as error:
        warn(request, error.message)
    else:
        done = _("This is %(name)s now.") % {"name": match.partner.name}
        attempt_or_warn(
            request, lambda: actions.name_partner(row, match, now=clock.now(), by=actor(request)), done
        )  # fmt: skip
    return _back(conversation_id)


@console_page()
@require_POST
@writes
@needs_program
def begin(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """Write to a partner first, or note that we spoke with them."""
    partner = get_object_or_404(Partner, pk=id_or_404("prt", partner_id))
    row = get_object_or_404(Enrolment.objects.select_related("partner", "program"), partner=partner, program=program)
    now, person, text = clock.now(), team_member(request), str(request.POST.get("text", ""))
    how, subject = str(request.POST.get("how", "write")), str(request.POST.get("subject", ""))
    if how == "write":
        verb: Callable[[], object] = partial(actions.write_first, row, subject=subject, text=text, now=now, by=person)
        done = _("It goes out with the next letters, when it suits their clock.")
    else:
        verb, done = partial(actions.log_talk, row, how=how, text=text, now=now, by=person), _("Noted")
    if not attempt_or_warn(request, verb, done):  # what was written stands in the form still
        context = {"partner": partner, "how": how, "subject": subject, "text": text}
        return inbox_page(request, "console/inbox/begin.html", "inbox", context, status=422)
    forget_count(program.pk)
    return HttpResponseRedirect(href("console:partner", partner_id), status=303)
