"""Hears which offers of a request go beyond a budget: what was refused is put before whoever may approve of it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.page import warn
from hanse.faces.common.reader import reader
from hanse.growth.budgets.guarding import HEARD, ask_approval
from hanse.growth.budgets.models import Overrun
from hanse.growth.budgets.types import OverBudget
from hanse.kernel import clock
from hanse.people.access.models import TeamUser


class BudgetEar:
    """Stands inside the sessions and messages. Only what colleagues do in the console is asked or told."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or not request.path.startswith("/console/"):
            return self._get_response(request)
        heard: list[OverBudget | Overrun] = []
        token = HEARD.set(heard)
        try:
            response = self._get_response(request)
        finally:
            HEARD.reset(token)
        person = getattr(request, "user", None)
        if heard and isinstance(person, TeamUser) and person.partner_id is None:
            for one in heard:
                _act(request, one, person.email, is_kept=response.status_code < 400)
        return response


def _act(request: HttpRequest, one: OverBudget | Overrun, by: str, *, is_kept: bool) -> None:
    if isinstance(one, OverBudget):
        with transaction.atomic():
            ask_approval(one, now=clock.now(), by=by)
        if is_kept:
            warn(request, _("They have been asked. Once it is approved, make the offer again."))
    elif is_kept and Overrun.objects.filter(pk=one.pk, asked_at=one.asked_at).exists():  # else it was taken back
        over = fmt.money(one.over_minor, one.currency, reader().language)
        warn(
            request,
            _("This goes %(over)s beyond a budget. It was done, and noted under Money, Budget.") % {"over": over},
        )
