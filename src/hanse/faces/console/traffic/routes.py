"""Routes: which colleague looks after which registered deal; the first one that fits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt, attempt_or_warn
from hanse.faces.console.kinds.condition_rows import ConditionForm
from hanse.faces.console.kinds.condition_words import condition_words, deal_field_names
from hanse.faces.console.traffic.frame import traffic_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.access.queries import team
from hanse.programs.programs.models import Program
from hanse.traffic.deals.models import DealRoute
from hanse.traffic.deals.routing import FIELDS, keep_route, move_route_up, remove_route, routes_of


class RouteForm(PlainForm):
    """A route: its name and who looks after what fits."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    owner = forms.ChoiceField(label=gettext_lazy("Who looks after it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in team() if one.is_active}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]  # a choice field
            (key, one.name or one.email) for key, one in self.people.items()
        ]


@console_page(write_roles=CHANGE)
@writes
@needs_program
def routes(request: HttpRequest, program: Program) -> HttpResponse:
    """List routes in the order in which they are asked, and add one."""
    return _page(request, program, None)


@console_page(write_roles=CHANGE)
@writes
@needs_program
def change(request: HttpRequest, program: Program, route_id: str) -> HttpResponse:
    """Change a route."""
    return _page(request, program, _route(program, route_id))


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def up(request: HttpRequest, program: Program, route_id: str) -> HttpResponse:
    """Ask a route earlier."""
    row = _route(program, route_id)
    attempt_or_warn(
        request, lambda: move_route_up(row, now=clock.now(), by=actor(request)), _("It is asked earlier now.")
    )
    return HttpResponseRedirect(reverse("console:deal_routes"), status=303)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def remove(request: HttpRequest, program: Program, route_id: str) -> HttpResponse:
    """Ask a route no more."""
    row = _route(program, route_id)
    attempt_or_warn(request, lambda: remove_route(row, now=clock.now(), by=actor(request)), _("The route is gone."))
    return HttpResponseRedirect(reverse("console:deal_routes"), status=303)


def _page(request: HttpRequest, program: Program, row: DealRoute | None) -> HttpResponse:
    names = deal_field_names()
    given = {"name": row.name, "owner": str(row.owner_id)} if row else None
    form, tests = RouteForm(request.POST or None, initial=given), ConditionForm(names, FIELDS, program.currency)
    if request.method == "POST":
        condition = tests.read(request.POST)
        if form.is_valid() and not tests.errors:
            said = form.cleaned_data
            kept = attempt(form, lambda: keep_route(
                program, name=said["name"], condition=condition, owner=form.people[said["owner"]], now=clock.now(),
                by=actor(request), instead_of=row,
            ))  # fmt: skip
            if kept is not None:
                tell(request, _("Kept. It decides about deals to come."))
                return HttpResponseRedirect(reverse("console:deal_routes"), status=303)
    elif row:
        tests.show(row.condition)
    context = {
        "rows": [
            (one, text_id("rte", one.pk), condition_words(one.condition, program.currency, names)
             if one.condition else _("every deal"))
            for one in routes_of(program.pk)
        ],
        "form": form, "tests": tests, "route": row, "may_change": may(request, CHANGE),
    }  # fmt: skip
    bad = 422 if request.method == "POST" else 200
    return traffic_page(request, program, "console/traffic/routes.html", "deals", context, status=bad)


def _route(program: Program, route_id: str) -> DealRoute:
    return get_object_or_404(routes_of(program.pk), pk=id_or_404("rte", route_id))
