"""Lists of customers that the business keeps here: people who had bought before any partner brought them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import new_id
from hanse.kernel.reading import unsound_text
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many, update_many
from hanse.spine.secrets.keys import hash_email
from hanse.traffic.customers.models import KnownCustomer
from hanse.traffic.customers.queries import UNLIST, customers_on_lists

AT_ONCE = 5_000
_EMAIL_HEADS = ("email", "e-mail", "email address", "customer email", "mail")
_ID_HEADS = ("external_id", "customer_id", "id", "customer id", "customer")
_SINCE_HEADS = ("since", "first_order", "created_at", "created at", "customer since", "date")


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer to list: by the business's own id, the address, or both; `since_at` None: from now on."""

    external_id: str = ""
    email: str = ""
    since_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListResult:
    """How many entries were new, and how many were there already (an earlier date moves theirs back)."""

    added: int
    known: int


def list_customers(
    program_id: UUID, entries: Sequence[Listed], *, source: str = "", now: datetime, by: str
) -> ListResult:
    """Keep customers on the program's list; addresses are hashed here and never stored. Raises Invalid with pointers.

    Orders from `since_at` on are an existing customer's unless their sender says otherwise; earlier ones are not
    touched. What is listed twice keeps its earliest moment.
    """
    rows = _rows(program_id, entries, source or by, now)
    Program.objects.select_for_update().get(pk=program_id)  # two lists at once must see each other's customers
    known = {
        (row["external_id"], row["email_hash"]): row
        for row in KnownCustomer.objects.filter(
            program_id=program_id, external_id__in={row["external_id"] for row in rows},
            email_hash__in={row["email_hash"] for row in rows},
        ).values("id", "external_id", "email_hash", "since_at")
    }  # fmt: skip
    fresh = [row for row in rows if (row["external_id"], row["email_hash"]) not in known]
    earlier = [
        {"id": known[key]["id"], "since_at": row["since_at"], "listed_at": now} for row in rows
        if (key := (row["external_id"], row["email_hash"])) in known and row["since_at"] < known[key]["since_at"]
    ]  # fmt: skip
    insert_many(KnownCustomer, fresh)
    update_many(KnownCustomer, earlier)
    record_change(
        actor=by, verb="list_customers", subject_kind="program", subject_id=program_id, before={},
        after={"added": len(fresh), "known": len(rows) - len(fresh), "source": source}, now=now,
    )  # fmt: skip
    return ListResult(len(fresh), len(rows) - len(fresh))


def unlist_customer(entry: KnownCustomer, *, now: datetime, by: str) -> None:
    """Take an entry off the list: those whom it named are new again, unless history says otherwise, and their orders
    are decided again by the pipeline (`queries.lately_unlisted`) as far as nothing of them was approved."""
    named = customers_on_lists([(entry.program_id, entry.external_id, entry.email_hash)])
    record_change(
        actor=by, verb=UNLIST, subject_kind="program", subject_id=entry.program_id,
        before={
            "external_id": entry.external_id, "since_at": entry.since_at,
            "customers": sorted(str(customer_id) for customer_id in named),
        },
        after={}, now=now,
    )  # fmt: skip
    entry.delete()


def read_customer_csv(text: str) -> list[Listed]:
    """Read a CSV of known customers: columns for e-mail, id and (optional) since, however they are named; a file with
    one column needs no heading. Raises Invalid that names the lines."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), _dialect(text))
    try:
        lines = [row for row in reader if any(row)]
    except csv.Error as error:  # a lone quotation mark that swallows all the rest
        message = _("Line %(line)d is no CSV: %(why)s.") % {"line": reader.line_num, "why": error}
        raise Invalid([Problem("/file", message, "not_csv")]) from error
    if not lines:
        raise Invalid([Problem("/file", _("This file is empty."), "required")])
    head = [cell.strip().lower() for cell in lines[0]]
    places = {
        name: next((place for place, cell in enumerate(head) if cell in heads), None)
        for name, heads in (("email", _EMAIL_HEADS), ("external_id", _ID_HEADS), ("since", _SINCE_HEADS))
    }
    body = lines[1:]
    if places["email"] is None and places["external_id"] is None:
        if len(head) > 1:
            message = _("One column must be called email or external_id.")
            raise Invalid([Problem("/file", message, "required")])
        places, body = {"email": 0 if "@" in head[0] else None, "external_id": None, "since": None}, lines
        places["external_id"] = 0 if places["email"] is None else None
    return [_listed(row, places, number) for number, row in enumerate(body, 2)]


def _listed(row: list[str], places: dict[str, int | None], number: int) -> Listed:
    def cell(name: str) -> str:
        place = places[name]
        return row[place].strip() if place is not None and place < len(row) else ""

    since = cell("since")
    try:
        at = datetime.fromisoformat(since) if since else None
    except ValueError as error:
        message = _("Line %(number)d: “%(text)s” is no date like 2026-05-01.") % {"number": number, "text": since[:40]}
        raise Invalid([Problem(f"/file/{number}", message, "bad_time")]) from error
    return Listed(cell("external_id"), cell("email"), at.replace(tzinfo=at.tzinfo or UTC) if at else None)


def _dialect(text: str) -> type[csv.Dialect]:
    semicolons = text[:2000].count(";") > text[:2000].count(",")

    class Read(csv.excel):
        delimiter = ";" if semicolons else ","

    return Read


def _rows(program_id: UUID, entries: Iterable[Listed], source: str, now: datetime) -> list[dict[str, Any]]:
    problems: list[Problem] = []
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for place, entry in enumerate(entries):
        email, outside = entry.email.strip().lower(), entry.external_id.strip()
        where = f"/customers/{place}"
        if not email and not outside:
            problems.append(Problem(where, _("Give an e-mail address or an external_id."), "required"))
        if len(outside) > 200 or unsound_text(outside) or not (outside.isprintable() or not outside):
            problems.append(Problem(f"{where}/external_id", _("This cannot be an id."), "bad_text"))
        if email and not _is_email(email):
            problems.append(Problem(f"{where}/email", _("This is not an e-mail address."), "bad_email"))
        key = (outside, hash_email(email))
        since_at = min(entry.since_at or now, rows[key]["since_at"]) if key in rows else entry.since_at or now
        rows[key] = {
            "id": new_id(), "program_id": program_id, "external_id": key[0], "email_hash": key[1],
            "since_at": since_at, "listed_at": now, "source": source[:200],
        }  # fmt: skip
    if problems:
        raise Invalid(problems[:200])
    return list(rows.values())


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
