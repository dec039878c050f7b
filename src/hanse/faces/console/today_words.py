"""Today in words: each thing to do becomes a title, a reason, an expected effect and one act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.links import href, partner_href
from hanse.faces.console import (
    today_asking,
    today_budget,
    today_content,
    today_deliverables,
    today_incidents,
    today_kinds,
    today_learning,
    today_mailroom,
    today_onboarding,
    today_relations,
    today_tiers,
    today_together,
    today_watch,
)
from hanse.faces.console.today_cards import Card, Phrases
from hanse.growth.today.types import Kind, Thing
from hanse.kernel.ids import text_id
from hanse.money.payouts.words import case_words


class Words(Phrases):
    """Writes cards for one reader and one program."""

    def card(self, thing: Thing) -> Card:
        """Write one thing to do."""
        card = _WRITERS[thing.kind](self, thing)
        return replace(card, title=capfirst(card.title), effect=capfirst(card.effect))


def _case(words: Phrases, thing: Thing) -> Card:
    who = thing.named[0]
    title = ngettext("%(who)s: one commission held, %(why)s", "%(who)s: %(n)s commissions held, %(why)s", thing.count)
    said = {"who": who.name, "n": words.count(thing.count), "why": case_words(thing.detail["reason"])}
    return Card(
        thing.key, "shield-half", title % said,
        _("The oldest has waited %(span)s. Nothing of it is paid before you decide; the partner sees that it is held.")
        % {"span": words.since(thing)},
        _("%(amount)s on hold") % {"amount": words.money(thing.amount_minor)}, _("until you decide"),
        _("Open case"), href("console:cases"), is_brick=True,
    )  # fmt: skip


def _facts_conflict(words: Phrases, thing: Thing) -> Card:
    title = ngettext("One fact contradicts what is known", "%(n)s facts contradict what is known", thing.count)
    return Card(
        thing.key, "git-branch", title % {"n": words.count(thing.count)},
        _("The same order came again with other content. What came first counts until you decide which is right."),
        words.since(thing), _("waiting for a person"),
        _("Compare them"), _parked("conflict"),
    )  # fmt: skip


def _facts_failed(words: Phrases, thing: Thing) -> Card:
    title = ngettext("One fact could not be read", "%(n)s facts could not be read", thing.count)
    return Card(
        thing.key, "plug-connected-x", title % {"n": words.count(thing.count)},
        _("They are safe and kept with their error; nothing else was held up. Mend the cause, then let them in again."),
        words.since(thing), _("not counted yet"), _("See why"), _parked("failed"),
    )  # fmt: skip


def _facts_waiting(words: Phrases, thing: Thing) -> Card:
    title = ngettext("One fact still waits for another", "%(n)s facts still wait for another", thing.count)
    return Card(
        thing.key, "hourglass", title % {"n": words.count(thing.count)},
        _("Most are refunds whose sale never came. Nothing is lost, but look once: perhaps orders are missing."),
        words.since(thing), _("the longest of them"), _("Look"), _parked("waiting"),
    )  # fmt: skip


def _payouts_back(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "A payout of run %(run)s came back", "%(n)s payouts came back, the last from run %(run)s", thing.count
    )
    why = _("%(names)s. The money is back in their balances.") % {"names": words.names(thing, 2, amounts=True)}
    reason = thing.detail["reason"].strip().rstrip(".")
    one = thing.named[0]
    return Card(
        thing.key, "cash-off", title % {"n": words.count(thing.count), "run": thing.detail["run"]},
        f"{reason}. {why}" if reason else why, words.money(thing.amount_minor),
        _("goes out in the next run once the details are right"),
        _("Ask for details"), partner_href(one.partner_id) if thing.count == 1 else _run(thing),
    )  # fmt: skip


def _run_to_approve(words: Phrases, thing: Thing) -> Card:
    title = ngettext("Run %(run)s is drafted: one payout", "Run %(run)s is drafted: %(n)s payouts", thing.count)
    return Card(
        thing.key, "cash", title % {"run": thing.detail["run"], "n": words.count(thing.count)},
        _("The audit is done and listed. Approving fixes the amounts; whoever changed since is left out and told why."),
        words.money(thing.amount_minor), _("reaches partners once you approve"), _("Check the run"), _run(thing),
    )  # fmt: skip


def _run_to_open(words: Phrases, thing: Thing) -> Card:
    return Card(
        thing.key, "cash", _("Run %(run)s is approved and not sent") % {"run": thing.detail["run"]},
        _("Open it to send the payments; from then on it is fixed."),
        words.money(thing.amount_minor),
        ngettext("to one partner", "to %(n)s partners", thing.count) % {"n": words.count(thing.count)},
        _("Open the run"), _run(thing),
    )  # fmt: skip


def _run_to_read_back(words: Phrases, thing: Thing) -> Card:
    title = ngettext("Run %(run)s: one payment to read back", "Run %(run)s: %(n)s payments to read back", thing.count)
    return Card(
        thing.key, "building-bank", title % {"run": thing.detail["run"], "n": words.count(thing.count)},
        _("Sent %(span)s ago. Say what arrived and what came back; until then the money is on its way.")
        % {"span": words.since(thing)},
        words.money(thing.amount_minor), _("in transit"), _("Read back"), _run(thing),
    )  # fmt: skip


def _approvals(words: Phrases, thing: Thing) -> Card:
    ceiling = words.money(words.program.approval_ceiling_minor or 0)
    title = ngettext("One commission above %(ceiling)s", "%(n)s commissions above %(ceiling)s", thing.count)
    return Card(
        thing.key, "square-check", title % {"n": words.count(thing.count), "ceiling": ceiling},
        _("Their hold is over, but amounts above your ceiling are not approved by themselves."),
        words.money(thing.amount_minor), _("becomes payable"), _("Review"),
        href("console:cases"),
    )  # fmt: skip


def _claims(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "%(who)s claims order %(order)s", "%(n)s orders are claimed by partners, the first by %(who)s", thing.count
    )
    said = {"who": thing.named[0].name, "order": thing.detail["order"], "n": words.count(thing.count)}
    promised = fmt.day(date.fromisoformat(thing.detail["promised_on"]), words.reader.today, words.reader.language)
    return Card(
        thing.key, "flag", title % said,
        _("They say it was theirs; the checks are on the page. An answer by mail is promised."),
        promised, _("is the day we promised"), _("Answer"), href("console:claims"),
    )  # fmt: skip


def _proposal(words: Phrases, thing: Thing) -> Card:
    said = thing.detail["message"].strip()
    why = f"“{Truncator(said).chars(160)}”" if said else _("They gave no reason beside the clauses.")
    return Card(
        thing.key, "file-text", _("%(who)s proposes other terms") % {"who": thing.named[0].name},
        f"{why} {_('What counts today goes on until both have signed.')}",
        words.since(thing), _("without an answer"), _("Read and answer"),
        href("console:agreement", text_id("enr", thing.about)) if thing.about else "",
    )  # fmt: skip


def _benefits_late(words: Phrases, thing: Thing) -> Card:
    title = ngettext("%(who)s waits for %(what)s", "%(n)s benefits that we promised are late", thing.count)
    said = {"who": thing.named[0].name, "what": thing.detail["name"], "n": words.count(thing.count)}
    return Card(
        thing.key, "gift", title % said,
        _("%(names)s. The period ended without it; a late box is better than none.") % {"names": words.names(thing)},
        words.money(thing.amount_minor), _("is what it is worth, about"), _("See what is owed"),
        f"{href('console:benefits')}?show=late",
    )  # fmt: skip


def _applications(words: Phrases, thing: Thing) -> Card:
    detail, others = thing.detail, thing.count - 1
    title = ngettext("One application, %(span)s old", "%(n)s applications, the oldest %(span)s", thing.count)
    who = f"{detail['name']}, {detail['company']}" if detail["company"] else detail["name"]
    why = _("%(who)s has waited longest.") if others else _("%(who)s would like to promote you.")
    act = ngettext("Review it", "Review %(n)s", thing.count)
    return Card(
        thing.key, "user-plus", title % {"n": words.count(thing.count), "span": words.since(thing)},
        f"{why % {'who': who}} {_('An answer within three days keeps them warm.')}",
        ngettext("%(n)s person", "%(n)s people", thing.count) % {"n": words.count(thing.count)},
        _("would like to join"),
        act % {"n": words.count(thing.count)}, href("console:recruit"),
    )  # fmt: skip


def _prospects_due(words: Phrases, thing: Thing) -> Card:
    detail = thing.detail
    title = ngettext("%(who)s: %(step)s", "%(who)s: %(step)s, and %(more)s more next steps", thing.count)
    said = {"who": detail["name"], "step": detail["step"], "more": words.count(thing.count - 1)}
    day = fmt.day(date.fromisoformat(detail["on"]), words.reader.today, words.reader.language)
    whose = _("In the care of %(owner)s.") % {"owner": detail["owner"]} if detail["owner"] else _("Nobody owns this.")
    one = href("console:prospect", text_id("pst", thing.about)) if thing.about else ""
    many = f"{href('console:prospects')}?view=list&due=1&owner={detail['owner_id']}"
    return Card(
        thing.key, "target", title % said, f"{whose} {_('A step that is done on its day keeps the talk warm.')}",
        day, _("was the day you set"), _("Open"), one if thing.count == 1 else many,
    )  # fmt: skip


def _never_clicked(words: Phrases, thing: Thing) -> Card:
    title = ngettext(
        "One partner joined and never had a click", "%(n)s partners joined and never had a click", thing.count
    )
    return Card(
        thing.key, "moon", title % {"n": words.count(thing.count)},
        _("%(names)s. All joined two weeks ago or earlier; a link placed by hand with them is what helps most.")
        % {"names": words.names(thing)},
        ngettext("%(n)s link to place", "%(n)s links to place", thing.count) % {"n": words.count(thing.count)},
        _("nothing is earned before the first click"), _("See who"), f"{href('console:partners')}?had=never_clicked",
    )  # fmt: skip


def _parked(status: str) -> str:
    return f"{href('console:parked')}?status={status}"


def _run(thing: Thing) -> str:
    return href("console:payout_run", text_id("run", thing.about)) if thing.about else ""


_WRITERS: dict[Kind, Callable[[Phrases, Thing], Card]] = {
    Kind.CASE: _case,
    Kind.FACTS_CONFLICT: _facts_conflict,
    Kind.FACTS_FAILED: _facts_failed,
    Kind.FACTS_WAITING: _facts_waiting,
    Kind.PAYOUTS_BACK: _payouts_back,
    Kind.RUN_TO_APPROVE: _run_to_approve,
    Kind.RUN_TO_OPEN: _run_to_open,
    Kind.RUN_TO_READ_BACK: _run_to_read_back,
    Kind.APPROVALS: _approvals,
    Kind.CLAIMS: _claims,
    Kind.PROPOSAL: _proposal,
    Kind.BENEFITS_LATE: _benefits_late,
    Kind.APPLICATIONS: _applications,
    Kind.PROSPECTS_DUE: _prospects_due,
    Kind.NEVER_CLICKED: _never_clicked,
    **today_mailroom.WRITERS,
    **today_kinds.WRITERS,
    **today_together.WRITERS,
    **today_deliverables.WRITERS,
    **today_onboarding.WRITERS,
    **today_relations.WRITERS,
    **today_content.WRITERS,
    **today_tiers.WRITERS,
    **today_asking.WRITERS,
    **today_incidents.WRITERS,
    **today_watch.WRITERS,
    **today_budget.WRITERS,
    **today_learning.WRITERS,
}
