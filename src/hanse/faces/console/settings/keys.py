"""API keys: made with a secret that is shown once, revoked for good."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program
from hanse.faces.console.acts import KEYS
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.access import actions, queries
from hanse.people.access.models import ApiKey
from hanse.programs.programs.models import Program

SCOPES = (
    ("facts:write", gettext_lazy("Send orders and refunds")),
    ("facts:write read", gettext_lazy("Send orders and refunds, read everything")),
    ("read", gettext_lazy("Read everything")),
    ("write", gettext_lazy("Read and change everything, but send no orders")),
    ("all", gettext_lazy("Everything")),
)


class KeyForm(PlainForm):
    """What a new key is for."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Where it will live, like “Shop backend”.")
    )
    scopes = forms.ChoiceField(label=gettext_lazy("May"), choices=SCOPES)
    everywhere = forms.BooleanField(label=gettext_lazy("For all programs of this installation"), required=False)


@console_page(write_roles=KEYS)
@writes
@needs_program
def keys(request: HttpRequest, program: Program) -> HttpResponse:
    """List the keys; a POST makes one and shows its secret this once."""
    form = KeyForm(request.POST or None)
    made: tuple[ApiKey, str] | None = None
    if request.method == "POST" and form.is_valid():
        made = _make(request, form, program)
        form = KeyForm() if made else form
    rows = [
        {"key": key, "id": text_id("key", key.pk), "scopes": _words(key), "here": key.program_id == program.pk}
        for key in queries.api_keys()
        if key.program_id in (None, program.pk)
    ]
    context = {"rows": rows, "form": form, "made": made, "may_change": may(request, KEYS), "program": program}
    return settings_page(request, "console/settings/keys.html", "keys", context, status=422 if form.errors else 200)


def _make(request: HttpRequest, form: KeyForm, program: Program) -> tuple[ApiKey, str] | None:
    said = form.cleaned_data
    return attempt(
        form,
        lambda: actions.create_key(
            name=said["name"], scopes=said["scopes"].split(), program=None if said["everywhere"] else program,
            now=clock.now(), by=actor(request),
        ),
    )  # fmt: skip


def _words(key: ApiKey) -> str:
    words = {
        "facts:write": _("send orders and refunds"), "read": _("read"), "write": _("read and change"),
        "all": _("everything"),
    }  # fmt: skip
    return ", ".join(words.get(scope, scope) for scope in key.scopes)


@console_page(write_roles=KEYS)
@require_POST
@writes
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    """Make a key worthless from now on."""
    key = get_object_or_404(ApiKey, pk=id_or_404("key", key_id))
    attempt_or_warn(
        request,
        lambda: actions.revoke_key(key, now=clock.now(), by=actor(request)),
        _("The key “%(name)s” no longer opens anything.") % {"name": key.name},
    )
    return HttpResponseRedirect(reverse("console:keys"), status=303)
