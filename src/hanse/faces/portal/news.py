"""What is new for a partner: terms, payouts, answers; the latest first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.faces.portal.news_kinds import News, kinds_news
from hanse.faces.portal.news_learning import learning_news
from hanse.faces.portal.seat import Seat
from hanse.growth.claims.models import Claim
from hanse.kernel.ids import text_id
from hanse.money.payouts.models import Payout

DAYS = 90
AT_MOST = 4


def news_of(seat: Seat, now: datetime) -> list[News]:
    """Return the latest few. Ten queries."""
    since = now - timedelta(days=DAYS)
    found = [
        *_payouts(seat, since), *_answers(seat, since), *_terms(seat, since, now), *_first_sale(seat, since),
        *kinds_news(seat, since), *learning_news(seat, since), *_messages(seat, since),
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)[:AT_MOST]


def _payouts(seat: Seat, since: datetime) -> list[News]:
    found = []
    fresh = [one for one in seat.scope.recent_payouts() if one.opened_at and one.opened_at >= since]
    for payout in fresh[:AT_MOST]:
        amount = {"amount": fmt.money(payout.amount_minor, payout.currency, reader().language)}
        if payout.state in (Payout.State.FAILED, Payout.State.RETURNED):
            at = payout.returned_at or payout.failed_at or payout.opened_at
            title, note = _("A payment of %(amount)s came back") % amount, _("Please check your account")
        else:
            at = payout.settled_at or payout.opened_at
            title = (_("%(amount)s paid") if payout.settled_at else _("%(amount)s is on its way")) % amount
            note = _("Payout")
        if at:
            found.append(News(at, title, note, reverse("portal:payouts")))
    return found


def _answers(seat: Seat, since: datetime) -> list[News]:
    rows = seat.scope.claims().filter(answered_at__gte=since).order_by("-answered_at")[:AT_MOST]
    return [_answer(row) for row in rows]


def _answer(claim: Claim) -> News:
    title = _("Our answer about order %(order)s") % {"order": claim.external_id}
    note = _("Accepted") if claim.status == Claim.Status.ACCEPTED else _("Not accepted")
    return News(claim.answered_at or claim.made_at, title, note, reverse("portal:why"))


def _messages(seat: Seat, since: datetime) -> list[News]:
    """Our latest words in their threads, each thread once."""
    rows = (
        seat.scope.said().filter(direction="out", at__gte=since).select_related("conversation").order_by("-at", "-id")
    )
    threads = {row.conversation_id: row for row in reversed(rows[: 4 * AT_MOST])}
    return [
        News(
            row.at, _("%(name)s wrote to you") % {"name": row.author_name}, row.conversation.subject,
            reverse("portal:message", args=[text_id("cvs", row.conversation_id)]),
        )
        for row in threads.values()
    ]  # fmt: skip


def _terms(seat: Seat, since: datetime, now: datetime) -> list[News]:
    meant = [
        row
        for row in seat.scope.terms().filter(starts_at__gte=since, starts_at__lte=now).order_by("-starts_at")
        if row.tier_id in (None, seat.enrolment.tier_id)
    ]
    title, path = _("Terms, version %(number)d"), reverse("portal:terms")
    return [News(row.starts_at, title % {"number": row.number}, _("in force"), path) for row in meant[:1]]


def _first_sale(seat: Seat, since: datetime) -> list[News]:
    first = seat.scope.commissions().filter(conversion__is_test=False).order_by("occurred_at", "pk").first()
    if first is None or first.occurred_at < since:
        return []
    path = reverse("portal:earning", args=[text_id("com", first.pk)])
    return [News(first.occurred_at, _("Your first sale"), _("Well done"), path)]
