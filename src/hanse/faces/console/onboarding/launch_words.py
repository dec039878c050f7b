"""Launch checks and pilots in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href
from hanse.faces.common.reader import Reader
from hanse.growth.launch.models import Launch
from hanse.growth.launch.types import Check, Verdict
from hanse.kernel.money import digits
from hanse.programs.programs.models import Program


def interval_words(found: Verdict, now: Reader) -> str:
    """Return between which shares the truth lies."""
    if found.low is None or found.high is None:
        return ""
    said = {
        "low": fmt.percent(found.low, now.language, places=0),
        "high": fmt.percent(found.high, now.language, places=0),
    }
    return _("%(low)s to %(high)s") % said


def check_words(check: Check, slug: str) -> dict[str, str]:
    """Return a check in words, as `components/checks.html` shows it."""
    missing = {
        "no_terms": _("No terms are in force."), "no_offer": _("There is no offer to link to."),
        "no_asset_pack": _("The library has nothing for everybody to begin with."),
        "no_test_sale": _("No test sale has come through yet."),
        "rail": check.detail, "no_playbook": _("The playbook is empty."),
        "no_aim": _("Nobody has said yet which number is success."),
        "aim_past": _("The day for the number is past already."),
    }  # fmt: skip
    fixes = {
        "terms": (_("Publish the terms."), _("Terms"), href("console:programs")),
        "assets": _asset_fix(check),
        "test_sale": (_("Try a link and buy in the test shop."), _("Test a link"), href("shop_try", slug)),
        "payout": (_("Finish the settings of how you pay."), _("How we pay"), href("console:payout_settings")),
        "playbook": (
            _("Write answers for the team, or a text below."), _("Playbook"), f"{href('console:faq')}?place=team"
        ),
        "aim": (_("Set it below."), "", ""),
    }  # fmt: skip
    fix, act, link = fixes[check.key]
    detail = " ".join(missing[code] for code in check.missing)
    return {
        "state": "passed" if check.passed else "failed", "title": check_names()[check.key], "detail": detail,
        "fix": fix, "act": act, "href": link,
    }  # fmt: skip


def _asset_fix(check: Check) -> tuple[str, str, str]:
    if "no_offer" in check.missing:
        return _("Make an offer first."), _("Programs"), href("console:programs")
    return _("Add a logo, a picture or words, or say below where they lie."), _("Library"), href("console:resources")


def check_names() -> dict[str, str]:
    """Return what each check is called."""
    return {
        "terms": _("Terms"), "assets": _("Asset pack and links"),
        "test_sale": _("A test sale, from click to commission"),
        "payout": _("How partners are paid"), "playbook": _("Playbook"), "aim": _("A number for success"),
    }  # fmt: skip


def metric_names() -> dict[str, str]:
    """Return in what success is counted."""
    return {
        str(Launch.Metric.PARTNERS): _("Partners with a sale"), str(Launch.Metric.SALES): _("Sales"),
        str(Launch.Metric.VALUE): _("Value"),
    }  # fmt: skip


def decision_names() -> dict[str, str]:
    """Return the decisions about a pilot in words."""
    return {"scale": _("scale it up"), "change": _("change something and try again"), "stop": _("stop")}


def suggestion_words(found: Verdict) -> tuple[str, str]:
    """Return what a pilot suggests, with its colour."""
    if found.suggested == "scale":
        return _("The aim is reached: scale it up."), "sea"
    if found.suggested == "early":
        return _("Too early to say: it is still running."), ""
    if found.suggested == "change" and found.is_too_small:
        return _("Too few took part to say: change how partners are won, and try again."), "ochre"
    if found.suggested == "change":
        return _("Promising, and short of the aim: change something and try again."), "ochre"
    return _("Far from the aim: stop."), "brick"


def aim_words(known: Launch, program: Program, now: Reader) -> str:
    """Write the number for success and its day; "" where it is not set."""
    if not (known.aim_metric and known.aim_number and known.aim_on):
        return ""
    number = (
        fmt.money_whole(known.aim_number, program.currency, now.language) if known.aim_metric == "value"
        else fmt.number(known.aim_number, now.language)
    )  # fmt: skip
    said = {"what": metric_names()[known.aim_metric], "n": number, "day": fmt.long_day(known.aim_on, now.language)}
    return _("%(what)s: %(n)s by %(day)s") % said


def units(program: Program) -> int:
    """Return how many minor units make one of the program's currency."""
    return int(10 ** digits(program.currency))
