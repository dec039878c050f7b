"""What a person should look at before an applicant is taken in: found anew each time, with what it was found in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.recruiting import rules
from hanse.growth.recruiting.mailboxes import is_disposable
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.steps import locked
from hanse.growth.recruiting.traces import Traces, brand_word_in, brand_words, traces_of
from hanse.growth.recruiting.types import Risk
from hanse.kernel.errors import Refused
from hanse.people.access.models import TeamUser
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save
from hanse.spine.checks import Checks

_LOOKED_AT = 5_000  # the newest applications; partners are all looked at
_MOST_OF_A_KIND = 3
_KINDS = {"mailbox": "same_mailbox", "phone": "same_phone", "place": "same_place", "network": "same_network"}


def risks_of(program: Program, applications: Sequence[Application]) -> dict[UUID, list[Risk]]:
    """Return the risks of a program's applications, cleared ones last. Five queries for any number."""
    if not applications:
        return {}
    known = _Known.of(program)
    return {row.pk: _judged(row, list(_risks(row, known))) for row in applications}


def open_risks(application: Application) -> list[Risk]:
    """Return the risks of one application that nobody has looked at."""
    return [risk for risk in risks_of(application.program, [application])[application.pk] if risk.is_open]


def clear_risk(application: Application, key: str, *, note: str = "", now: datetime, by: str) -> Application:
    """Note that a person looked at a risk and saw no harm. Raises Invalid; refuses one that is not there or decided."""
    row = locked(application)
    checks = Checks()
    note = checks.text("note", note, 500)
    checks.done()
    if row.status not in rules.OPEN:
        raise Refused("application_" + row.status, _("This application is decided already."))
    risk = next((one for one in risks_of(row.program, [row])[row.pk] if one.key == key), None)
    if risk is None:
        raise Refused("no_such_risk", _("This risk is not there (any more)."))
    if risk.is_open:
        cleared = [*row.cleared, {"risk": key, "note": note, "by": by[:200], "at": now.isoformat()}]
        audited_save(row, {"cleared": cleared}, actor=by, verb="clear_risk", reason=note, now=now)
    return row


@dataclass(frozen=True, slots=True)
class _Known:
    """Everybody whom an applicant is compared with."""

    others: Traces
    applications: dict[UUID, dict[str, Any]]
    partners: dict[UUID, tuple[str, str, str]]
    team: frozenset[str]
    brand: frozenset[str]

    @classmethod
    def of(cls, program: Program) -> _Known:
        """Read them."""
        others = Traces()
        fields = ("id", "name", "email", "phone", "website", "channels", "ip_hash", "status", "sent_at")
        confirmed = Application.objects.filter(program=program).exclude(confirmed_at=None)
        rows = confirmed.order_by("-sent_at").values(*fields)[:_LOOKED_AT]
        applications = {row["id"]: row for row in rows}
        for row in applications.values():
            traces = traces_of(row["email"], row["phone"], row["website"], row["channels"], row["ip_hash"])
            others.add(("application", row["id"]), traces)
        statuses = dict(Enrolment.objects.filter(program=program).values_list("partner_id", "status"))
        partners: dict[UUID, tuple[str, str, str]] = {}
        columns = ("id", "name", "email", "phone", "website", "channels")
        for id_, name, email, phone, website, channels in Partner.objects.values_list(*columns):
            partners[id_] = (name if id_ in statuses else "", statuses.get(id_, ""), email)
            others.add(("partner", id_), traces_of(email, phone, website, channels))
        hosts = [urlsplit(program.website).hostname or ""]
        for allowed in Offer.objects.filter(program=program).values_list("allowed_hosts", flat=True):
            hosts += [str(host) for host in allowed]
        people = TeamUser.objects.exclude(role="partner").values_list("email", flat=True)
        return cls(others, applications, partners, frozenset(people), brand_words(program.name, hosts))


def _risks(row: Application, known: _Known) -> Iterator[Risk]:
    yield from _alike(row, known)
    if is_disposable(row.email):
        domain = row.email.rpartition("@")[2]
        yield Risk("disposable", domain, f"disposable:{domain}")
    country, _space, kind = row.network.partition(" ")
    if row.country and country and row.country != country:
        yield Risk("country_mismatch", country, f"country_mismatch:{row.country}:{country}")
    if kind in ("datacentre", "relay"):
        yield Risk("hidden_network", kind, f"hidden_network:{kind}")
    if row.email in known.team:
        yield Risk("own_team", row.email, f"own_team:{row.email}")
    owned = {"company": row.company, "website": row.website, "domain": row.email.rpartition("@")[2]}
    owned |= {f"channel {place}": str(channel) for place, channel in enumerate(row.channels)}
    text, word = brand_word_in(known.brand, owned)
    if word:
        yield Risk("brand_word", text, f"brand_word:{text}")


def _alike(row: Application, known: _Known) -> Iterator[Risk]:
    """Yield whom the applicant shares a mailbox, phone, place or (on one day) network with; declined ones apart."""
    found: dict[str, list[Risk]] = {}
    for kind, text in sorted(traces_of(row.email, row.phone, row.website, row.channels, row.ip_hash)):
        for what, id_ in known.others.seen.get((kind, text), []):
            risk = (
                _like_partner(kind, row, id_, known) if what == "partner" else _like_application(kind, row, id_, known)
            )
            if risk is not None:
                found.setdefault(risk.kind, []).append(risk)
    for risks in found.values():
        yield from list({risk.key: risk for risk in risks}.values())[:_MOST_OF_A_KIND]


def _like_partner(kind: str, row: Application, id_: UUID, known: _Known) -> Risk | None:
    name, status, email = known.partners[id_]
    if status == "suspended":
        return Risk("suspended_before", name, f"suspended_before:{id_}", partner_id=id_)
    if email == row.email:
        return None  # the partner's own address: they are taken in as that partner
    if not name:  # of another program: that there is one may be known, not who
        return Risk(_KINDS[kind], "", f"{_KINDS[kind]}:elsewhere")
    return Risk(_KINDS[kind], name, f"{_KINDS[kind]}:{id_}", partner_id=id_)


def _like_application(kind: str, row: Application, id_: UUID, known: _Known) -> Risk | None:
    other = known.applications[id_]
    if id_ == row.pk or (other["sent_at"] > row.sent_at and other["status"] != "declined"):
        return None  # of two alike the later one is the suspicious one
    if other["status"] == "declined" and kind != "network":
        return Risk("declined_before", other["name"], f"declined_before:{id_}", application_id=id_)
    return Risk(_KINDS[kind], other["name"], f"{_KINDS[kind]}:{id_}", application_id=id_)


def _judged(row: Application, risks: list[Risk]) -> list[Risk]:
    cleared = {one["risk"]: one for one in row.cleared}
    known = [
        replace(risk, cleared_by=cleared[risk.key]["by"], note=cleared[risk.key]["note"])
        if risk.key in cleared
        else risk
        for risk in risks
    ]
    return sorted(known, key=lambda risk: not risk.is_open)
