"""Filling: what leaves for one person, with counted links, the picture, and the way to stop it by one click."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

from django.conf import settings

from hanse.growth.reach.rules import OPTIONAL
from hanse.growth.roadmap.blocking import Guard
from hanse.growth.sends.models import Send
from hanse.growth.sends.sections import versions_for
from hanse.growth.sends.tokens import link_address, picture_address, stop_address
from hanse.growth.templates.rendering import render_many
from hanse.growth.templates.types import OWED_KINDS, Rendered
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.spine.outbox.letters import Letter, mail_of
from hanse.spine.web_addresses import host_of, leads_to_one_of


@dataclass(frozen=True, slots=True)
class Filled:
    """A letter that can go: its subject, and the outbox payload."""

    subject: str
    payload: Mapping[str, object]


def fill(sends: Iterable[Send], now: datetime) -> Iterator[tuple[Send, Filled | str]]:
    """Yield each send with its letter, or with why there is none. Needs `partner` and `enrolment` fetched.

    Letters of one version are filled together, with a fixed number of queries for every 500.
    """
    by_version: dict[UUID | None, list[Send]] = defaultdict(list)
    for send in sends:
        by_version[send.version_id].append(send)
    guards: dict[UUID, Guard] = {}
    hosts = hosts_of({send.program_id for each in by_version.values() for send in each})
    for version_id, group in by_version.items():
        if version_id is None:
            yield from ((send, _note(send)) for send in group)
        else:
            guard = guards.get(group[0].program_id)
            if guard is None:
                guard = guards[group[0].program_id] = Guard(group[0].program_id, now)
            yield from _from_version(group, hosts, guard, now)


def _from_version(
    sends: Sequence[Send], hosts: Mapping[UUID, set[str]], guard: Guard, now: datetime
) -> Iterator[tuple[Send, Filled | str]]:
    """Fill letters of one version; somebody who has two of it gets them one by one.

    Nobody reads what is under an embargo that they have not accepted: sections that mention it are left out, and a
    letter that mentions it still does not go. What is owed goes.
    """
    left = list(sends)
    while left:
        turn: dict[UUID, Send] = {}
        for send in left:
            turn.setdefault(send.enrolment_id, send)
        left = [send for send in left if turn[send.enrolment_id] is not send]
        about = {pk: send.about for pk, send in turn.items() if send.about}
        address_of = counted_addresses(
            {pk: send.pk for pk, send in turn.items()},
            {pk: hosts.get(send.program_id, set()) for pk, send in turn.items()},
        )
        everybody = tuple(turn)
        stops = stop_addresses({pk: send.pk for pk, send in turn.items()})
        for version, readers in versions_for(turn, guard):
            if version is None:
                yield from ((turn.pop(pk), "embargo") for pk in readers)
                continue
            for pk, rendered in render_many(
                version, readers, now, address_of=address_of, stop_address_of=stops, about=about or None
            ):
                send = turn.pop(pk)
                yield send, _ready(send, rendered, guard, everybody)
        yield from ((send, "unfillable") for send in turn.values())


def _ready(send: Send, rendered: Rendered, guard: Guard, readers: Collection[UUID]) -> Filled | str:
    """Return a letter that can go; who accepted an embargo is asked for all its readers at once."""
    if rendered.is_empty:
        return "empty"
    said = f"{rendered.subject}\n{rendered.text}"
    if send.kind not in OWED_KINDS and send.enrolment_id in guard.blocked_for(said, readers):
        return "embargo"
    return Filled(rendered.subject, _payload(send, rendered))


def counted_addresses(send_of: Mapping[UUID, UUID], hosts_of: Mapping[UUID, set[str]]) -> Callable[[UUID, str], str]:
    """Return what turns (enrolment, destination) into the counted address; foreign destinations stay as they are."""

    def address_of(enrolment_id: UUID, destination: str) -> str:
        send_id = send_of.get(enrolment_id)
        if send_id is None or not leads_to_one_of(destination, hosts_of.get(enrolment_id, set())):
            return destination
        return link_address(send_id, destination)

    return address_of


def stop_addresses(send_of: Mapping[UUID, UUID]) -> Callable[[UUID], str]:
    """Return what turns an enrolment into the address where its letter's kind is stopped."""
    return lambda enrolment_id: stop_address(send_of[enrolment_id])


def hosts_of(program_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the hosts that counted links may lead to: our own, the program's site, and those of its offers."""
    own = host_of(str(settings.HANSE_PUBLIC_URL))
    found = {}
    for pk, website in Program.objects.filter(pk__in=list(program_ids)).values_list("pk", "website"):
        found[pk] = {own, host_of(website)} - {""}
    offers = Offer.objects.filter(program__in=list(found), archived_at=None)
    for pk, destination, allowed in offers.values_list("program_id", "destination_url", "allowed_hosts"):
        found[pk] |= {host_of(destination), *allowed} - {""}
    return found


def _payload(send: Send, rendered: Rendered) -> dict[str, object]:
    return {
        "to": send.partner.email, "subject": " ".join(rendered.subject.split()), "text": rendered.text,
        "html": with_picture(rendered.html, picture_address(send.pk)), "language": rendered.language,
        "headers": headers_of(send),
    }  # fmt: skip


def with_picture(html: str, address: str) -> str:
    """Put the picture that tells of opening at the end of a letter."""
    picture = f'<img src="{escape(address)}" width="1" height="1" alt="" style="display:block">'
    head, end, tail = html.rpartition("</body>")
    return f"{head}{picture}{end}{tail}" if end else html + picture


def headers_of(send: Send) -> dict[str, str]:
    """Return the headers of a letter: the one-click way out (RFC 8058) of every kind that can be stopped."""
    headers = {}
    if send.kind in OPTIONAL:
        headers["List-Unsubscribe"] = f"<{stop_address(send.pk)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    answers = str(send.about.get("answers", ""))
    if answers:
        headers["In-Reply-To"] = headers["References"] = answers
    return headers


def _note(send: Send) -> Filled:
    paragraphs = tuple(part.strip() for part in send.text.split("\n\n") if part.strip())
    label, link = send.about.get("button", ("", ""))
    facts = tuple((name, value) for name, value in send.about.get("facts", ()))
    letter = Letter(send.subject, paragraphs, label, link, sender=send.program.name, facts=facts)
    payload = mail_of(letter, to=send.partner.email, language=send.partner.language or "en")
    payload["headers"] = headers_of(send)
    return Filled(send.subject, payload)
