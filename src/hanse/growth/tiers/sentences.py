"""Decisions as sentences for the partner, in the language that is active: where they stand, why, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.growth.tiers.needed import Lack, Needed
from hanse.growth.tiers.types import Decided, Standing, TierRules
from hanse.kernel.clock import local_day
from hanse.kernel.money import PPM, digits
from hanse.programs.terms.sentences import active_locale


class PartnerWords:
    """Says decisions of one program in words: `names` are its tiers' by key."""

    def __init__(self, currency: str, zone: str, names: Mapping[str, str], rules: TierRules) -> None:
        self._currency, self._zone, self._names, self._rules = currency, zone, names, rules

    def say(self, one: Decided, standing: Standing, size: int, needed: Needed | None, waits: str = "") -> str:
        """Return what a partner reads about an evaluation: two to four sentences."""
        parts = [self.place(one, standing, size), self._fate(one, standing, waits), self.needed(needed)]
        return " ".join(part for part in parts if part)

    def place(self, one: Decided, standing: Standing, size: int) -> str:
        """Say the numbers."""
        return self.counted(standing.conversions, standing.value_minor, one.rank, size)

    def counted(self, conversions: int, value_minor: int, rank: int, size: int) -> str:
        """Say the numbers of the window, and the place they give."""
        values = {
            "n": self.number(conversions), "value": self.money(value_minor), "days": self._rules.window_days,
            "rank": rank, "size": size,
        }  # fmt: skip
        if not conversions:
            return _("You have no sale in the last %(days)d days.") % values
        words = ngettext(
            "In the last %(days)d days you had one sale, worth %(value)s: place %(rank)d of %(size)d.",
            "In the last %(days)d days you had %(n)s sales, worth %(value)s: place %(rank)d of %(size)d.",
            conversions,
        )
        return words % values

    def _fate(self, one: Decided, standing: Standing, waits: str) -> str:
        names = {
            "tier": self.name(one.tier), "given": self.name(one.given), "before": self.name(standing.tier or ""),
            "n": self._rules.checks,
        }  # fmt: skip
        if standing.is_locked and standing.tier:
            return _("You stay in %(tier)s: we have promised you that.") % names
        if waits:
            return self._waiting(one, waits, names)
        if one.moved == "up":
            return _("That brings you up from %(before)s to %(tier)s.") % names
        if one.moved == "down":
            return self._fallen(names)
        if one.below_exit:
            return self._warned(one, standing)
        if one.given != one.tier:
            return _("That is still enough to stay in %(tier)s.") % names
        return _("Your tier is %(tier)s.") % names

    def _fallen(self, names: Mapping[str, object]) -> str:
        words = ngettext(
            "One evaluation has found that below what %(before)s asks for, so your tier is now %(tier)s.",
            "%(n)d evaluations in a row have found that below what %(before)s asks for, so your tier is now %(tier)s.",
            self._rules.checks,
        )
        return words % names

    def _waiting(self, one: Decided, waits: str, names: Mapping[str, object]) -> str:
        if waits == "case":
            return _("Your tier stays %(before)s while a question about your sales is open.") % names
        if one.moved == "up":
            return _("That is enough for %(tier)s; one of us looks at it first.") % names
        return _("That is below what %(before)s asks for; one of us looks at it before anything changes.") % names

    def _warned(self, one: Decided, standing: Standing) -> str:
        return self.warned(one.tier, one.given, one.below_exit, standing.tier_since or standing.enrolled_at)

    def warned(self, tier: str, given: str, below_exit: int, since: datetime) -> str:
        """Say that a tier is in danger."""
        until = since + timedelta(days=self._rules.stay_days)
        values = {"tier": self.name(tier), "given": self.name(given), "day": self.day(until)}
        if below_exit < self._rules.checks:
            return _("That is below what %(tier)s asks for. If it stays so, your tier becomes %(given)s.") % values
        if "down" in self._rules.review:
            return _("That is below what %(tier)s asks for. One of us looks at it before anything changes.") % values
        return _("That is below what %(tier)s asks for. Your tier is safe until %(day)s.") % values

    def needed(self, needed: Needed | None) -> str:
        """Say what is missing for the next tier, or ""."""
        if needed is None:
            return ""
        tier, only = self.name(needed.tier), needed.lacks[0]
        if len(needed.lacks) == 1 and only.kind == "pass":
            more = self.money(only.more) if only.field == "value" else self._sales(only.more)
            words = _("%(more)s more would pass the last one in %(tier)s today; that mark moves as others sell.")
            return words % {"more": more, "tier": tier}
        return _("For %(tier)s you need %(lacks)s.") % {"tier": tier, "lacks": self.lacks(needed.lacks)}

    def lacks_of(self, needed: Needed | None) -> str:
        """Say what is missing for the next tier to a colleague, or ""."""
        if needed is None:
            return ""
        return _("For %(tier)s: %(lacks)s.") % {"tier": self.name(needed.tier), "lacks": self.lacks(needed.lacks)}

    def lacks(self, lacks: Sequence[Lack]) -> str:
        """Name what is missing: `3 more sales by 31 May`."""
        said = [self._lack(one) for one in lacks]
        if len(said) < 2:
            return "".join(said)
        return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}

    def _lack(self, one: Lack) -> str:
        if one.kind == "pass":
            more = self.money(one.more) if one.field == "value" else self._sales(one.more)
            return _("%(more)s more than now, to pass the last one inside today") % {"more": more}
        if one.kind == "months":
            words = ngettext(
                "sales in one more month (%(mark)d of the last %(of)d)",
                "sales in %(more)d more months (%(mark)d of the last %(of)d)", one.more,
            )  # fmt: skip
            return words % {"more": one.more, "mark": one.mark, "of": one.of}
        if one.kind == "at_most":
            return _("%(field)s of at most %(mark)s") % {"field": metric_name(one.field), "mark": self._metric(one)}
        if one.field not in ("value", "conversions"):
            return _("%(field)s of at least %(mark)s") % {"field": metric_name(one.field), "mark": self._metric(one)}
        more = _("%(amount)s more in sales") % {"amount": self.money(one.more)}
        more = more if one.field == "value" else self._more_sales(one.more)
        return _("%(more)s by %(day)s") % {"more": more, "day": self.day(one.by)} if one.by else more

    def _sales(self, n: int) -> str:
        return ngettext("%(n)s sale", "%(n)s sales", n) % {"n": self.number(n)}

    def _more_sales(self, n: int) -> str:
        return ngettext("one more sale", "%(n)s more sales", n) % {"n": self.number(n)}

    def _metric(self, one: Lack) -> str:
        return self.metric(one.field, one.mark)

    def metric(self, field: str, number: int) -> str:
        """Write a number of a metric in its unit."""
        if field == "value" or field.endswith("_minor"):
            return self.money(number)
        if field.endswith("_ppm"):
            return str(format_percent(Decimal(number) / PPM, format="#,##0.##%", locale=active_locale()))
        return self.number(number)

    def name(self, key: str) -> str:
        """Return a tier's name."""
        return self._names.get(key, key)

    def number(self, n: int) -> str:
        """Write a count."""
        return str(format_decimal(n, locale=active_locale()))

    def money(self, amount_minor: int) -> str:
        """Write an amount."""
        amount = Decimal(amount_minor).scaleb(-digits(self._currency))
        return str(format_currency(amount, self._currency, locale=active_locale()))

    def day(self, at: datetime | date) -> str:
        """Write a local day."""
        day = local_day(at, self._zone) if isinstance(at, datetime) else at
        return str(format_date(day, "long", locale=active_locale()))


def metric_name(field: str) -> str:
    """Return what a number of the rules is called."""
    names = {
        "value": _("value"), "conversions": _("sales"), "enrolled_days": _("days since joining"),
        "clicks": _("clicks"), "invalid_clicks": _("invalid clicks"), "click_conversions": _("sales by a click"),
        "new_customers": _("new customers"), "sold_minor": _("value as sold"), "refunded_minor": _("refunds"),
        "commission_minor": _("commission"), "conversion_rate_ppm": _("conversion rate"),
        "earned_per_100_clicks_minor": _("commission per 100 clicks"), "average_order_minor": _("average order"),
        "effective_rate_ppm": _("effective rate"), "new_customer_ppm": _("share of new customers"),
        "refunded_ppm": _("share refunded"), "clicks_7d": _("clicks of 7 days"), "clicks_30d": _("clicks of 30 days"),
        "clicks_90d": _("clicks of 90 days"), "conversions_30d": _("sales of 30 days"),
        "conversions_90d": _("sales of 90 days"), "conversions_180d": _("sales of 180 days"),
        "value_30d_minor": _("value of 30 days"), "value_90d_minor": _("value of 90 days"),
        "value_180d_minor": _("value of 180 days"), "new_customers_90d": _("new customers of 90 days"),
        "refunds_90d": _("refunds of 90 days"), "days_since_click": _("days since the last click"),
        "days_since_sale": _("days since the last sale"), "days_enrolled": _("days in the program"),
        "sales_total": _("sales of all time"), "value_total_minor": _("value of all time"),
        "lessons_done": _("lessons done"), "sessions_attended": _("live sessions attended"),
    }  # fmt: skip
    return names.get(field.removeprefix("metrics."), field)
