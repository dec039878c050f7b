"""Messages: the partner's questions and our answers, invitations, what others share, thanks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, portal_page, team_member, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.common.problems import show_problems
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.conversations.actions import ask_us, seen_by_partner
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.meetings.actions import answer_invitation
from hanse.growth.meetings.calendars import PUBLISH, entry_of
from hanse.growth.meetings.models import MeetingInvitation
from hanse.growth.meetings.queries import invitations_ahead
from hanse.growth.recognition import actions
from hanse.growth.recognition.models import BoardConsent, Tip
from hanse.growth.recognition.queries import board_of, shared_tips, thanks_of
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.kernel.ids import text_id
from hanse.spine.outbox.actions import absolute_url

SHOWN = 50
_TOLD = ("email", "portal", "slack", "discord")
"""What partners see of a thread; forwards, copies, calls and notes between colleagues are ours."""


class QuestionForm(forms.Form):
    """A new question."""

    use_required_attribute = False
    subject = forms.CharField(label=gettext_lazy("What about"), max_length=200, label_suffix="")
    text = forms.CharField(
        label=gettext_lazy("Your question"), max_length=5_000, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


class FurtherForm(forms.Form):
    """What the partner adds to a thread."""

    use_required_attribute = False
    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=5_000, label_suffix="",
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread in the list."""

    id: str
    row: Conversation
    latest: Entry
    is_unread: bool


@portal_page
@writes
@needs_seat
def messages(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show threads and invitations; take a new question."""
    form, now = QuestionForm(request.POST or None), clock.now()
    if request.method == "POST" and not seat.is_viewed and form.is_valid():
        made = _ask(request, seat, form, None)
        if made is not None:
            tell(request, _("Asked. You read our answer here, and by mail."))
            return HttpResponseRedirect(reverse("portal:message", args=[text_id("cvs", made)]), status=303)
    board, places = board_of(seat.program, now, seat.enrolment.pk)
    context = {
        "threads": _threads(seat), "form": form, "may_ask": not seat.is_viewed,
        "invitations": [(text_id("inv", row.pk), row) for row in invitations_ahead(seat.enrolment.pk, now)[:10]],
        "tips": list(shared_tips(seat.program.pk)[:10]), "thanks": thanks_of(seat.enrolment.pk)[:5],
        "board": board, "places": places, "own_tips": _own_tips(seat),
        "consent": BoardConsent.objects.filter(enrolment=seat.enrolment).first(),
        "name": seat.partner.name,
    }  # fmt: skip
    return portal(request, seat, "portal/messages.html", "messages", context, status=422 if form.errors else 200)


def _threads(seat: Seat) -> list[Thread]:
    rows = list(seat.scope.conversations().order_by("-changed_at", "-id")[:SHOWN])
    said: dict[UUID, list[Entry]] = {}
    for entry in seat.scope.said().filter(conversation__in=[row.pk for row in rows]):
        said.setdefault(entry.conversation_id, []).append(entry)
    return [
        Thread(text_id("cvs", row.pk), row, said[row.pk][-1], _has_unread(row, said[row.pk]))
        for row in rows if row.pk in said
    ]  # fmt: skip


def _has_unread(row: Conversation, entries: Iterable[Entry]) -> bool:
    return any(_is_unread(row, entry) for entry in entries)


def _is_unread(row: Conversation, entry: Entry) -> bool:
    return entry.direction == "out" and (row.read_by_partner_at is None or entry.at > row.read_by_partner_at)


def _own_tips(seat: Seat) -> list[Tip]:
    return list(seat.scope.tips().filter(withdrawn_at=None).order_by("-offered_at")[:10])


def _ask(request: HttpRequest, seat: Seat, form: forms.Form, thread: Conversation | None) -> UUID | None:
    person = team_member(request)
    try:
        entry = ask_us(
            seat.enrolment, subject=form.cleaned_data.get("subject", ""), text=form.cleaned_data["text"],
            conversation=thread, now=clock.now(), name=person.name or seat.partner.name, email=person.email,
        )  # fmt: skip
    except HanseError as error:
        show_problems(form, error)
        return None
    return entry.conversation_id


@portal_page
@writes
@needs_seat
def message(request: HttpRequest, seat: Seat, conversation: str) -> HttpResponse:
    """Show one thread and take what the partner adds."""
    row = _find(seat, conversation)
    form = FurtherForm(request.POST or None)
    if request.method == "POST" and not seat.is_viewed and form.is_valid() and _ask(request, seat, form, row):
        return HttpResponseRedirect(reverse("portal:message", args=[conversation]), status=303)
    entries = list(seat.scope.said().filter(conversation=row).order_by("-at", "-id")[:200])[::-1]
    if request.method == "GET" and not seat.is_viewed and _has_unread(row, entries):
        seen_by_partner(row, clock.now())
    context = {"row": row, "entries": entries, "form": form, "may_ask": not seat.is_viewed, "id": conversation}
    return portal(request, seat, "portal/message.html", "messages", context, status=422 if form.errors else 200)


def _find(seat: Seat, text: str) -> Conversation:
    row = seat.scope.conversations().filter(pk=id_or_404("cvs", text)).first()
    if row is None:
        raise Http404
    return row


def _invitation(seat: Seat, text: str) -> MeetingInvitation:
    pk = id_or_404("inv", text)
    row = next((one for one in invitations_ahead(seat.enrolment.pk, clock.now()) if one.pk == pk), None)
    if row is None:
        raise Http404
    return row


@portal_page
@writes
@needs_seat
@require_POST
def answer(request: HttpRequest, seat: Seat, invitation: str) -> HttpResponse:
    """Say yes, perhaps or no to an invitation."""
    row = _invitation(seat, invitation)
    try:
        answer_invitation(row, str(request.POST.get("answer", "")), way="portal", now=clock.now())
        tell(request, _("Thank you, we know."))
    except HanseError as error:
        warn(request, str(error))
    return HttpResponseRedirect(reverse("portal:messages"), status=303)


@portal_page
@needs_seat
@require_GET
def calendar(request: HttpRequest, seat: Seat, invitation: str) -> HttpResponse:
    """Give an invitation as a calendar entry to keep."""
    row = _invitation(seat, invitation)
    text = entry_of(row, method=PUBLISH, now=clock.now(), href=absolute_url("/p/messages"))
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="meeting.ics"',
    })  # fmt: skip


@portal_page
@writes
@needs_seat
@require_POST
def share(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Offer a tip, take one back, or join or leave the board."""
    sent, now, by = request.POST, clock.now(), actor(request)
    act = sent.get("act")
    try:
        if act == "tip":
            actions.offer_tip(
                seat.enrolment, title=str(sent.get("title", "")), text=str(sent.get("text", "")),
                shown_name=str(sent.get("shown_name", "")), now=now, by=by,
            )  # fmt: skip
            tell(request, _("Thank you. We read it before others see it."))
        elif act == "take_back":
            row = seat.scope.tips().filter(pk=id_or_404("tip", str(sent.get("tip", "")))).first()
            if row is not None:
                actions.withdraw_tip(row, now=now, by=by)
        elif act == "join":
            actions.agree_to_board(seat.enrolment, shown_name=str(sent.get("shown_name", "")), now=now, by=by)
        elif act == "leave":
            actions.leave_board(seat.enrolment, now=now, by=by)
    except HanseError as error:
        warn(request, str(error))
    return HttpResponseRedirect(reverse("portal:messages"), status=303)
