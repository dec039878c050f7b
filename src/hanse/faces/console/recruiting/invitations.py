"""Invitations: whom we asked to apply and what became of it; one by hand, many from a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from hanse.bridges.files.answers import LONGEST_FILE
from hanse.bridges.files.invitations import read_invitations
from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.forms import PlainForm, attempt_or_warn, said
from hanse.faces.console.prospects.adding import row_of
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.invitations.actions import invite, invite_again, withdraw_invitation
from hanse.growth.invitations.asking import MOST_ROWS
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.queries import counted, invitations_of
from hanse.growth.invitations.secret import invitation_path
from hanse.growth.invitations.types import STATES, Invited, NewInvitation
from hanse.growth.prospects.actions import change_prospect
from hanse.growth.prospects.models import Prospect
from hanse.growth.recruiting.forms import question_keys
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid, Problem
from hanse.programs.programs.models import Program
from hanse.spine.outbox.actions import absolute_url

_REFUSED_SHOWN = 50


class InviteForm(PlainForm):
    """Somebody to invite."""

    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, required=False)
    website = forms.CharField(label=gettext_lazy("Website"), max_length=300, required=False)
    channels = forms.CharField(label=gettext_lazy("Places, with commas between"), max_length=1000, required=False)
    note = forms.CharField(
        label=gettext_lazy("What you say to them"), max_length=5000, required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Why them. It stands at the top of the mail; without it a plain sentence does."),
    )  # fmt: skip
    by_hand = forms.BooleanField(label=gettext_lazy("Send nothing, I pass the link on myself"), required=False)


class InvitationsFileForm(PlainForm):
    """A list of people."""

    file = forms.FileField(label=gettext_lazy("CSV file of people"))


@console_page()
@writes
@needs_program
def invitations(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the invitations; take one, or a file of them whole."""
    form, file_form = InviteForm(initial=_from_prospect(request, program)), InvitationsFileForm(auto_id="file_%s")
    refused: list[tuple[int, str]] = []
    if request.method == "POST":
        is_file = "email" not in request.POST
        form = form if is_file else InviteForm(request.POST)
        file_form = InvitationsFileForm(request.POST, request.FILES, auto_id="file_%s") if is_file else file_form
        taken = _taken(request, program, file_form if is_file else form, refused, is_file=is_file)
        if taken is not None:
            return taken
    state = UrlState(request.GET)
    shown = state.choice("state", STATES)
    rows: Any = invitations_of(program.pk)
    table: Table[Any] = Table(state, rows.filter(state=shown) if shown else rows, _columns(program), "-sent")
    if wants_csv(request) and request.method == "GET":
        return export("invitations", table)
    names = state_names()
    context = {
        "table": table, "counts": counted(program.pk), "form": form, "file_form": file_form, "refused": refused,
        "refused_count": len(refused), "may_act": may(request), "most_rows": MOST_ROWS, "shown": shown,
        "states": [("", _("All"), state.link(state=""), not shown)]
        + [(key, names[key], state.link(state=key), key == shown) for key in STATES],
        "rows": [(row, names[row.state], _link(program, row)) for row in table.page_rows],
        "is_open": request.method == "POST" or "prospect" in request.GET or "new" in request.GET,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return recruit_page(request, program, "console/recruiting/invitations.html", "invitations", context, status=status)


def _taken(
    request: HttpRequest, program: Program, form: forms.Form, refused: list[tuple[int, str]], *, is_file: bool
) -> HttpResponse | None:
    """Invite; None where something is wrong, which then stands on the form or in `refused`."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        if is_file:
            rows = read_invitations(given["file"].read(LONGEST_FILE + 1), question_keys(program.pk))
        else:
            rows = [_one(given)]
            _note_address(request, program, given["email"])
        done = invite(
            program, rows, sender=team_member(request).name,
            is_mailed=not given.get("by_hand", False), now=clock.now(), by=actor(request),
        )  # fmt: skip
    except Invalid as error:
        if is_file:
            refused += [row_of(problem) for problem in error.problems][:_REFUSED_SHOWN]
        else:
            _show(form, list(error.problems))
        return None
    except HanseError as error:
        form.add_error(None, said(error))
        return None
    _tell(request, done)
    return HttpResponseRedirect(reverse("console:invitations"))


def _one(given: dict[str, Any]) -> NewInvitation:
    channels = tuple(part.strip() for part in str(given["channels"]).split(",") if part.strip())
    website = given["website"].strip()
    website = f"https://{website}" if website and "://" not in website else website
    return NewInvitation(given["email"], given["name"], given["company"], website, channels, note=given["note"])


def _show(form: forms.Form, problems: list[Problem]) -> None:
    for problem in problems:
        name = problem.pointer.rsplit("/", 1)[-1]
        form.add_error(name if name in form.fields else None, problem.message)


def _tell(request: HttpRequest, done: Invited) -> None:
    new = ngettext("%(n)d person is invited", "%(n)d people are invited", done.new) % {"n": done.new}
    words = left_alone_words()
    whys = sorted({words[one.why] for one in done.left_alone})
    left = ngettext("%(n)d was left alone", "%(n)d were left alone", len(done.left_alone)) % {"n": len(done.left_alone)}
    (tell if done.new else warn)(request, f"{new}; {left}: {', '.join(whys)}" if whys else new)


@console_page()
@require_POST
@writes
@needs_program
def withdraw(request: HttpRequest, program: Program, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    row = get_object_or_404(Invitation, pk=invitation_id, program=program)
    attempt_or_warn(
        request, lambda: withdraw_invitation(row, now=clock.now(), by=actor(request)), _("The invitation is taken back")
    )
    return HttpResponseRedirect(reverse("console:invitations"))


@console_page()
@require_POST
@writes
@needs_program
def again(request: HttpRequest, program: Program, invitation_id: UUID) -> HttpResponse:
    """Write to somebody once more."""
    row, person = get_object_or_404(Invitation, pk=invitation_id, program=program), team_member(request)
    attempt_or_warn(
        request, lambda: invite_again(row, sender=person.name, now=clock.now(), by=actor(request)),
        _("%(email)s is asked again (once a day at most)") % {"email": row.email},
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:invitations"))


def _prospect(request: HttpRequest, program: Program) -> Prospect | None:
    """Return the prospect whose page led here."""
    text = UrlState(request.GET).text("prospect")
    return Prospect.objects.filter(pk=id_or_404("pst", text), program=program).first() if text else None


def _note_address(request: HttpRequest, program: Program, email: str) -> None:
    """Keep the address of a prospect who had none: the invitation and what comes of it are theirs."""
    row = _prospect(request, program)
    if row is not None and not row.email:
        change_prospect(row, email=email, now=clock.now(), by=actor(request))


def _from_prospect(request: HttpRequest, program: Program) -> dict[str, str]:
    """Return what is known of the prospect whose page led here."""
    row = _prospect(request, program)
    return {"email": row.email, "name": row.name, "website": row.website} if row else {}


def _link(program: Program, row: Invitation) -> str:
    return absolute_url(invitation_path(program.slug, row.pk))


def _columns(program: Program) -> list[Column[Any]]:
    names = state_names()
    return [
        Column("email", _("E-mail"), ("email",), lambda row: row.email),
        Column("name", _("Name"), ("name",), lambda row: row.name),
        Column("company", _("Company"), (), lambda row: row.company),
        Column("state", _("State"), ("state",), lambda row: names[row.state]),
        Column("sent", _("Sent"), ("sent_at",), lambda row: row.sent_at.isoformat(), is_number=True),
        Column("opened", _("Opened"), ("opened_at",), lambda row: row.opened_at or "", is_number=True),
        Column("applied", _("Applied"), ("accepted_at",), lambda row: row.accepted_at or "", is_number=True),
        Column("link", _("Link"), (), lambda row: _link(program, row)),
    ]


def state_names() -> dict[str, str]:
    """Return how far an invitation may be, in words."""
    return {
        "sent": _("Sent"), "opened": _("Opened"), "applied": _("Applied"), "joined": _("Joined"),
        "declined": _("Rather not"), "withdrawn": _("Taken back"),
    }  # fmt: skip


def left_alone_words() -> dict[str, str]:
    """Return why somebody is not invited, in words."""
    return {
        "invited": _("invited before"), "said_no": _("said that they would rather not"),
        "partner": _("a partner already"), "applied": _("has applied already"),
        "unreachable": _("mail does not reach them"), "twice": _("twice in the list"),
    }  # fmt: skip
