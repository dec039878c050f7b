"""Answers that go out by themselves, each once: a deal decided, a reported order checked, another type.

By the clock and not by the verbs: whoever decides, on a page or by the API, the partner hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hanse.growth.announcements.actions import AT_ONCE, NEWS_FOR
from hanse.growth.announcements.models import Announced
from hanse.growth.demarcation.models import TypeSuggestion
from hanse.growth.demarcation.queries import type_names
from hanse.growth.reach.queries import may_write
from hanse.growth.templates.models import LetterKind
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.sentences import Words
from hanse.spine.outbox.actions import absolute_url, portal_address
from hanse.spine.outbox.letters import Letter, send_letter
from hanse.traffic.deals.models import Deal
from hanse.traffic.resale.models import ResaleOrder

Writer = Callable[[Any], tuple[str, tuple[str, ...]]]


def announce_decisions(now: datetime) -> int:
    """Tell partners, by mail, what was decided about their deals, orders and types in the last two days; each answer
    once, an answer that was taken back again. Returns how many were told. A fixed number of queries beside each."""
    since = now - NEWS_FOR
    decided = {"decided_at__gt": since, "enrolment__is_test": False}
    deals = Deal.objects.filter(changed_at__gt=since, status__in=("approved", "declined"), **decided)
    orders = ResaleOrder.objects.filter(changed_at__gt=since, **decided).exclude(status="reported")
    orders = orders.exclude(Q(status="confirmed") & Q(decided_at=F("recorded_at")))  # we recorded it ourselves
    types = TypeSuggestion.objects.filter(state=TypeSuggestion.State.ACCEPTED, **decided).exclude(adds="", drops="")
    return (
        _tell_each("deal", deals, "status", _deal_words, "/p/deals", now)
        + _tell_each("resale", orders, "status", _order_words, "/p/resale", now)
        + _tell_each("type", types, "state", _type_words(), "/types", now)
    )


def _tell_each(what: str, rows: QuerySet[Any], state: str, write: Writer, path: str, now: datetime) -> int:
    told = Announced.objects.filter(kind=Concat(Value(f"{what}_"), OuterRef(state)), subject=OuterRef("pk"))
    found = list(
        rows.filter(~Exists(told))
        .select_related("enrolment__partner", "program")
        .order_by("decided_at", "pk")[:AT_ONCE]
    )
    reached = may_write({row.enrolment.partner_id for row in found}, LetterKind.TRANSACTIONAL) if found else set()
    for row in found:
        kind = f"{what}_{getattr(row, state)}"
        _known, is_new = Announced.objects.get_or_create(kind=kind, subject=row.pk, defaults={"announced_at": now})
        if is_new and row.enrolment.partner_id in reached:
            _tell(row.enrolment, f"{kind}:{row.pk}", row, write, path, now)
    return len(found)


def _tell(enrolment: Enrolment, key: str, row: Any, write: Writer, path: str, now: datetime) -> None:
    partner, program = enrolment.partner, row.program
    language = partner.language or "en"
    with translation.override(language):
        subject, paragraphs = write(row)
        letter = Letter(
            subject=subject, paragraphs=tuple(text for text in paragraphs if text), link_label=_("Have a look"),
            link=portal_address(path, program.slug) if path.startswith("/p/") else absolute_url(path),
            sender=program.name, kicker=_("partner program"),
        )  # fmt: skip
        send_letter(letter, key, to=partner.email, language=language, now=now)


def _deal_words(row: Deal) -> tuple[str, tuple[str, ...]]:
    said = {"customer": row.customer_label}
    if row.status == Deal.Status.DECLINED:
        return _("Your deal with %(customer)s was not accepted") % said, (_quoted(row.decision_reason),)
    until = row.protected_until
    day = date_format(local_day(until, row.program.time_zone), "DATE_FORMAT") if until else ""
    kept = _("Until %(day)s the first order of this customer is credited to you.") % {"day": day} if day else ""
    return _("%(customer)s is protected for you") % said, (kept, _quoted(row.decision_reason))


def _order_words(row: ResaleOrder) -> tuple[str, tuple[str, ...]]:
    said = {"number": row.external_id}
    reason = _quoted(row.decision_reason)
    if row.status == ResaleOrder.Status.CONFIRMED:
        margin = Words(row.currency, {}).money(row.margin_minor)
        return _("Order %(number)s is confirmed") % said, (
            _("Your margin of %(amount)s stays with you.") % {"amount": margin}, reason,
        )  # fmt: skip
    if row.status == ResaleOrder.Status.CANCELLED:
        return _("Order %(number)s was taken back") % said, (reason,)
    return _("Order %(number)s was not accepted") % said, (reason,)


def _type_words() -> Writer:
    names: Mapping[str, str] = {}

    def write(row: TypeSuggestion) -> tuple[str, tuple[str, ...]]:
        nonlocal names
        names = names or type_names()
        reason = _quoted(row.reason)
        if row.adds:
            title = _("You are %(type)s now") % {"type": names.get(row.adds, row.adds)}
        else:
            title = _("You are no longer %(type)s") % {"type": names.get(row.drops, row.drops)}
        return title, (_("The page of partner types says what that owes and gets."), reason)

    return write


def _quoted(text: str) -> str:
    return f"“{text}”" if text else ""
