"""Facts as sentences, said to the partner in the reader's language; the titles of their kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.insight.facts import words_of_time
from hanse.insight.facts.saying import Said
from hanse.insight.facts.titles import title_of as title_of
from hanse.insight.facts.types import FoundFact

_Say = Callable[[Said], str]


def sentence_of(fact: FoundFact, currency: str) -> str:
    """Return the statement that a fact makes, in the active language; money in the program's currency."""
    return _SAID[fact.kind](Said(fact, currency))


def _best_product(said: Said) -> str:
    return _("Your readers buy “%(name)s” most: it is in %(count)s of your %(sales)s sales of the last 90 days.") % {
        "name": said.text("name"), "count": said.number("count"), "sales": said.number("sales"),
    }  # fmt: skip


def _best_category(said: Said) -> str:
    return _("“%(name)s” sells best with you: it is in %(count)s of your %(sales)s sales of the last 90 days.") % {
        "name": said.text("name"), "count": said.number("count"), "sales": said.number("sales"),
    }  # fmt: skip


def _best_weekday(said: Said) -> str:
    return _("%(day)s is your best day: %(share)s of your sales of half a year fall on it.") % {
        "day": said.weekday("weekday").capitalize(), "share": said.share("share_ppm"),
    }  # fmt: skip


def _best_hours(said: Said) -> str:
    return _("%(share)s of your sales come between %(from)s:00 and %(until)s:00.") % {
        "share": said.share("share_ppm"), "from": f"{said.whole('from_hour'):02}",
        "until": f"{said.whole('until_hour'):02}",
    }  # fmt: skip


def _new_customer_share(said: Said) -> str:
    return _("%(share)s of your buyers are new to us; with our other partners it is %(others)s.") % {
        "share": said.share("share_ppm"), "others": said.share("others_ppm"),
    }  # fmt: skip


def _repeat_rate(said: Said) -> str:
    return _("%(again)s of your %(customers)s customers of the last year bought again: %(share)s.") % {
        "again": said.number("again"), "customers": said.number("customers"), "share": said.share("share_ppm"),
    }  # fmt: skip


def _basket_above(said: Said) -> str:
    return _("Your readers spend %(average)s on an order; the usual order is %(usual)s.") % {
        "average": said.money("average_minor"), "usual": said.money("usual_minor"),
    }  # fmt: skip


def _kept_share(said: Said) -> str:
    return _("Your buyers keep what they order: %(kept)s of %(sales)s orders had no refund; elsewhere %(others)s "
             "come back.") % {
        "kept": said.number("kept"), "sales": said.number("sales"), "others": said.rate("others_ppm"),
    }  # fmt: skip


def _drop_off_kept(said: Said) -> str:
    return _("%(back)s of %(sales)s orders of the last 90 days had a refund; with other partners %(others)s do.") % {
        "back": said.number("back"), "sales": said.number("sales"), "others": said.rate("others_ppm"),
    }  # fmt: skip


def _new_country(said: Said) -> str:
    return _("You have readers in a new country: %(count)s customers in %(country)s bought in the last 90 days, and "
             "none before.") % {"count": said.number("customers"), "country": said.country("country")}  # fmt: skip


def _quick_buyers(said: Said) -> str:
    return _("Half of your buyers order within %(length)s of their click.") % {"length": said.length("minutes")}


def _record_order(said: Said) -> str:
    return _("The largest order you ever brought us in a year came on %(day)s: %(amount)s.") % {
        "day": said.day("on"), "amount": said.money("amount_minor"),
    }  # fmt: skip


def _season_own(said: Said) -> str:
    return _("The coming month was a strong one for you last year: %(sales)s sales, where %(usual)s are usual.") % {
        "sales": said.number("sales"), "usual": said.number("usual"),
    }  # fmt: skip


def _best_link(said: Said) -> str:
    return _("Your best link is “%(name)s”: it brought %(sales)s of your %(of)s sales through links in 90 days.") % {
        "name": said.text("name"), "sales": said.number("sales"), "of": said.number("of_sales"),
    }  # fmt: skip


def _drop_off_link(said: Said) -> str:
    sales = ngettext("%(n)s sale", "%(n)s sales", said.whole("sales")) % {"n": said.number("sales")}
    return _("Readers drop off at “%(name)s”: %(clicks)s clicks and %(sales)s, where your other links sell to "
             "%(others)s of their readers.") % {
        "name": said.text("name"), "clicks": said.number("clicks"), "sales": sales, "others": said.rate("others_ppm"),
    }  # fmt: skip


def _unused_link(said: Said) -> str:
    text = ngettext(
        "Your link “%(name)s” has been ready for %(days)s days and nobody has clicked it yet.",
        "%(count)s of your links were never clicked; the newest, “%(name)s”, has been ready for %(days)s days.",
        said.whole("count"),
    )
    return text % {"name": said.text("name"), "days": said.number("days"), "count": said.number("count")}


def _cold_link(said: Said) -> str:
    return _("Your link “%(name)s” has gone cold: %(clicks)s clicks and %(sales)s sales until %(day)s, none since.") % {
        "name": said.text("name"), "clicks": said.number("clicks"), "sales": said.number("sales"),
        "day": said.day("on"),
    }  # fmt: skip


def _unused_coupon(said: Said) -> str:
    return _("Nobody has used your code %(code)s yet; you have had it for %(days)s days.") % {
        "code": said.text("code"), "days": said.number("days"),
    }  # fmt: skip


def _coupon_ending(said: Said) -> str:
    return _("Your code %(code)s ends on %(day)s.") % {"code": said.text("code"), "day": said.day("on")}


def _deep_links(said: Said) -> str:
    return _("Links to a single page sell to %(rate)s of readers, links to our front page to %(plain)s; all of yours "
             "lead to the front page.") % {
        "rate": said.rate("rate_ppm"), "plain": said.rate("plain_ppm"),
    }  # fmt: skip


def _best_piece(said: Said) -> str:
    return _("“%(name)s” sells best of what you published: it brought %(sales)s of the %(of)s sales that are known to "
             "come from your pieces.") % {
        "name": said.text("name"), "sales": said.number("sales"), "of": said.number("of_sales"),
    }  # fmt: skip


def _evergreen_piece(said: Said) -> str:
    return _("“%(name)s” of %(day)s still brings readers: %(clicks)s clicks in the last 90 days.") % {
        "name": said.text("name"), "day": said.day("on"), "clicks": said.number("clicks"),
    }  # fmt: skip


def _best_initiative(said: Said) -> str:
    return _("“%(name)s” works best for you: %(sales)s of %(of)s sales in 90 days came from it.") % {
        "name": said.text("name"), "sales": said.number("sales"), "of": said.number("of_sales"),
    }  # fmt: skip


def _best_referrer(said: Said) -> str:
    return _("Readers who come from %(name)s buy most: %(sales)s sales in 90 days.") % {
        "name": said.text("name"), "sales": said.number("sales"),
    }  # fmt: skip


def _device_gap(said: Said) -> str:
    return _("Readers on %(lower)s buy less often than those on %(higher)s: %(rate)s against %(other)s of clicks.") % {
        "lower": said.device("lower"), "higher": said.device("higher"), "rate": said.rate("lower_ppm"),
        "other": said.rate("higher_ppm"),
    }  # fmt: skip


def _top_country(said: Said) -> str:
    return _("%(share)s of your readers are in %(country)s.") % {
        "share": said.share("share_ppm"), "country": said.country("name"),
    }  # fmt: skip


def _phone_share(said: Said) -> str:
    return _("%(share)s of your readers come on a phone: look at your pages on one.") % {
        "share": said.share("share_ppm"),
    }  # fmt: skip


def _rate_above_peers(said: Said) -> str:
    return _("%(rate)s of your readers buy; with partners like you it is %(others)s.") % {
        "rate": said.rate("rate_ppm"), "others": said.rate("others_ppm"),
    }  # fmt: skip


def _rate_below_peers(said: Said) -> str:
    return _("%(rate)s of your readers buy, where partners like you reach %(others)s: there is room between the click "
             "and the order.") % {"rate": said.rate("rate_ppm"), "others": said.rate("others_ppm")}  # fmt: skip


def _top_of_kind(said: Said) -> str:
    return _("You are number %(rank)s of %(partners)s partners of your kind by what you sold in 90 days.") % {
        "rank": said.number("rank"), "partners": said.number("partners"),
    }  # fmt: skip


_SAID: Mapping[str, _Say] = {
    "best_product": _best_product, "best_category": _best_category, "best_weekday": _best_weekday,
    "best_hours": _best_hours, "new_customer_share": _new_customer_share, "repeat_rate": _repeat_rate,
    "basket_above": _basket_above, "kept_share": _kept_share, "drop_off_kept": _drop_off_kept,
    "new_country": _new_country, "quick_buyers": _quick_buyers, "record_order": _record_order,
    "season_own": _season_own, "best_link": _best_link, "drop_off_link": _drop_off_link, "unused_link": _unused_link,
    "cold_link": _cold_link, "unused_coupon": _unused_coupon, "coupon_ending": _coupon_ending,
    "deep_links": _deep_links, "best_initiative": _best_initiative, "best_piece": _best_piece,
    "evergreen_piece": _evergreen_piece, "best_referrer": _best_referrer,
    "device_gap": _device_gap, "top_country": _top_country, "phone_share": _phone_share,
    "rate_above_peers": _rate_above_peers, "rate_below_peers": _rate_below_peers, "top_of_kind": _top_of_kind,
    **words_of_time.SAID,
}  # fmt: skip
