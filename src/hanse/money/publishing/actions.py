"""Publishing terms that reach into the past: only if nobody earns less, and then everything since is priced anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.money.commissions.pricing import losers_since, reprice_since
from hanse.money.ledger.actions import lock_chain
from hanse.money.promises.actions import net_by_enrolment, settle
from hanse.money.publishing.guards import ToPublish, ask_guards
from hanse.money.publishing.notice import check_notice
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms import actions
from hanse.programs.terms.models import Terms
from hanse.programs.tiers.models import Tier


def publish_terms(
    *,
    program: Program,
    tier: Tier | None = None,
    enrolment: Enrolment | None = None,
    body: Mapping[str, Any],
    starts_at: datetime,
    now: datetime,
    by: str,
    is_agreed: bool = False,
    **frame: Any,
) -> Terms:
    """Publish as `programs.terms.actions.publish_terms` does (same arguments), also with a start in the past.

    A past start is refused when any order since then would earn less, or anybody with floors and fees in all; else what
    is more is posted, dated now. Where somebody would earn less, the program's notice has to pass before the start,
    unless both sides signed (`is_agreed`). Guards that other wings registered may refuse what nobody else signed.
    """
    if not is_agreed:
        check_notice(program, tier, enrolment, body, starts_at, now)
        ask_guards(ToPublish(program, tier, enrolment, body, starts_at, frame.get("ends_at"), now, by))
    lock_chain()  # a batch that prices orders under the terms of before must end first, or its orders keep them
    before = net_by_enrolment(program.pk, now) if starts_at < now else {}

    def earns_less(made: Terms) -> list[str]:
        return losers_since(program.pk, made.starts_at)

    made = actions.publish_terms(
        program=program, tier=tier, enrolment=enrolment, body=body, starts_at=starts_at, earns_less=earns_less,
        now=now, by=by, **frame,
    )  # fmt: skip
    if starts_at >= now:
        reprice_since(program.pk, starts_at, now)  # orders may be of this very moment, or dated a little ahead of us
    else:
        reprice_since(program.pk, starts_at, now)
        after = net_by_enrolment(program.pk, now)
        _refuse_losers([id for id, minor in before.items() if after.get(id, 0) < minor])
        settle(list(after), now)
    return made


def _refuse_losers(ids: Sequence[UUID]) -> None:
    if ids:
        names = Enrolment.objects.filter(pk__in=ids).order_by("partner__name").values_list("partner__name", flat=True)
        message = _("A version may start in the past only if nobody is promised less. These would be: %(names)s.")
        raise Refused("would_earn_less", message % {"names": ", ".join(names[:10])})
