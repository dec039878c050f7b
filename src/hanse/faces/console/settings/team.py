"""The team: who may sign in, as what; invite, change the role, close a login."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.console.acts import TEAM
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.people.access import actions, queries
from hanse.people.access.models import TeamUser
from hanse.spine.outbox.actions import absolute_url, enqueue_mail

ROLES = (
    ("owner", gettext_lazy("Owner: everything, also the team and keys")),
    ("manager", gettext_lazy("Manager: runs the program, drafts payouts")),
    ("finance", gettext_lazy("Finance: decides cases, approves payouts")),
    ("viewer", gettext_lazy("Viewer: reads")),
)


ROLE_WORDS = (
    ("owner", gettext_lazy("Owner")),
    ("manager", gettext_lazy("Manager")),
    ("finance", gettext_lazy("Finance")),
    ("viewer", gettext_lazy("Viewer")),
)


class InviteForm(PlainForm):
    """Who is asked to join, and as what."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, initial="manager")


@console_page(write_roles=TEAM)
@writes
def team(request: HttpRequest) -> HttpResponse:
    """List the team; a POST invites somebody and shows the one-time link that was also sent by mail."""
    form = InviteForm(request.POST or None)
    invited: dict[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        invited = _invite(request, form)
        form = InviteForm() if invited else form
    context = {
        "people": [(person, f"close-{person.pk}") for person in queries.team()], "role_words": ROLE_WORDS,
        "form": form, "invited": invited, "may_change": may(request, TEAM),
    }  # fmt: skip
    return settings_page(request, "console/settings/team.html", "team", context, status=422 if form.errors else 200)


def _invite(request: HttpRequest, form: InviteForm) -> dict[str, str] | None:
    now, said = clock.now(), form.cleaned_data
    person = attempt(
        form,
        lambda: actions.create_team_member(
            email=said["email"], name=said["name"], role=said["role"], now=now, by=actor(request)
        ),
    )
    if person is None:
        return None
    return {"name": person.name, "email": person.email, "link": _send_link(request, person)}


def _send_link(request: HttpRequest, person: TeamUser) -> str:
    """Mail a one-time link to a colleague and return it."""
    now = clock.now()
    link = absolute_url(f"/sign-in/{actions.make_sign_in_link(person, next_path='/console/', now=now)}/confirm")
    by = request.user.name or actor(request) if isinstance(request.user, TeamUser) else ""
    text = _("%(by)s asks you into the partner program. This link signs you in once, within 24 hours:") % {"by": by}
    enqueue_mail(
        f"team-link:{person.pk}:{now.isoformat()}", to=person.email, subject=_("Your way into Hanse"),
        text=f"{text}\n\n{link}\n", html=format_html('<p>{}</p><p><a href="{}">{}</a></p>', text, link, link),
        language=person.language or "en", now=now,
    )  # fmt: skip
    return link


@console_page(write_roles=TEAM)
@require_POST
@writes
def change_role(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a colleague another role."""
    person, role = _colleague(person_id), request.POST.get("role", "")
    undo = reverse("console:person_role", args=[person_id]) + f"?role={person.role}"
    attempt_or_warn(
        request,
        lambda: actions.change_role(person, role or request.GET.get("role", ""), now=clock.now(), by=actor(request)),
        _("%(name)s has another role now.") % {"name": person.name},
        undo=undo,
    )
    return _back()


@console_page(write_roles=TEAM)
@require_POST
@writes
def close_login(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Stop a colleague from signing in."""
    person = _colleague(person_id)
    attempt_or_warn(
        request,
        lambda: actions.close_login(person, now=clock.now(), by=actor(request)),
        _("%(name)s can no longer sign in.") % {"name": person.name},
        undo=reverse("console:person_reopen", args=[person_id]),
    )
    return _back()


@console_page(write_roles=TEAM)
@require_POST
@writes
def reopen_login(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Let a colleague sign in again."""
    person = _colleague(person_id)
    attempt_or_warn(
        request,
        lambda: actions.reopen_login(person, now=clock.now(), by=actor(request)),
        _("%(name)s can sign in again.") % {"name": person.name},
    )
    return _back()


@console_page(write_roles=TEAM)
@require_POST
@writes
def new_link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Send a colleague a fresh one-time link."""
    person = _colleague(person_id)
    attempt_or_warn(
        request,
        lambda: _send_link(request, person),
        _("A link that signs in once is on its way to %(email)s.") % {"email": person.email},
    )
    return _back()


def _colleague(person_id: UUID) -> TeamUser:
    person = queries.team().filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("console:settings"), status=303)
