"""What an opened run leaves by: its files made and kept, its calls written down before they are made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.kernel.errors import NotFound, Refused
from hanse.kernel.ids import new_id, text_id
from hanse.money.ledger.actions import lock_chain
from hanse.money.payouts.models import Attempt, Payout, PayoutRun
from hanse.money.rails.credit import webhook_body
from hanse.money.rails.models import RunFile, Sending
from hanse.money.rails.payments import facts_of, payments_of
from hanse.money.rails.paypal_api import ITEMS, batch_body
from hanse.money.rails.registry import RAILS_BY_KEY
from hanse.money.rails.rules import in_parts
from hanse.money.rails.settings import rail_problems, rail_values
from hanse.money.rails.types import RailFile
from hanse.spine.audit.actions import record_change
from hanse.spine.outbox.actions import enqueue

CREDIT = "store_credit"


def refuse_unready(run: PayoutRun) -> None:
    """Raise Refused when the rail lacks what it needs, before anything moves."""
    problems = rail_problems(run.program, run.rail)
    if problems:
        raise Refused("rail_not_ready", " ".join(problems))


def dispatch(run: PayoutRun, payouts: Sequence[Payout], *, now: datetime, by: str) -> None:
    """Make the files of a run that was just opened, or write down its calls; nothing is sent from here."""
    rows = list(Payout.objects.filter(pk__in=[one.pk for one in payouts]).select_related("partner"))
    rows.sort(key=lambda one: (one.partner.name, one.pk))
    if not rows:
        return
    if run.rail == "paypal":
        _write_calls(run, rows, now)
    elif run.rail == "credit":
        _promise_credit(run, rows, now)
    else:
        _keep(run, _files(run, rows, 1, now), now, by)


def download(run: PayoutRun, position: int = 1, *, as_copy: bool = False) -> RunFile:
    """Return a file of a run, the same to the byte each time.

    Refused once a payment in it is no longer on its way or stands in a newer file, so that no line is paid twice;
    `as_copy` gives it for the records all the same. Raises NotFound where a run has no such file.
    """
    found = RunFile.objects.filter(run=run, position=position).first()
    if found is None:
        raise NotFound("file")
    if not as_copy:
        _refuse_moved(found.payout_ids)
        newer = replaced_by(found)
        if newer is not None:
            message = _("A newer file has payments of this one: send only %(name)s, so that nobody is paid twice.")
            raise Refused("replaced_file", message % {"name": newer.name})
    return found


def replaced_by(file: RunFile) -> RunFile | None:
    """Return the newest file into which payments of this one were written again, if there is one."""
    mine = set(file.payout_ids)
    later = RunFile.objects.filter(run_id=file.run_id, position__gt=file.position).defer("body")
    return next((one for one in later.order_by("-position") if mine.intersection(one.payout_ids)), None)


def export_again(
    run: PayoutRun, payout_ids: Collection[UUID] | None = None, *, now: datetime, by: str
) -> list[RunFile]:
    """Make new files, with new message ids, for payments that are still on their way (all of them, or those named);
    earlier files with those payments are for the records from then on.

    Refuses a payment that is paid, failed or came back, and rails that are called.
    """
    lock_chain()
    run.refresh_from_db()
    if run.opened_at is None or run.rail in ("paypal", "credit"):
        raise Refused("no_file", _("This run has no file."))
    rows = Payout.objects.filter(run=run).select_related("partner").order_by("partner__name", "id")
    if payout_ids is not None:
        wanted = list(rows.filter(pk__in=list(payout_ids)))
        _refuse_moved([str(one.pk) for one in wanted])
    else:
        wanted = list(rows.filter(state=Payout.State.IN_TRANSIT))
    if not wanted:
        raise Refused("already_paid", _("Nothing in this run is on its way any more: all of it is read back."))
    number = RunFile.objects.filter(run=run).count() + 1
    found = _keep(run, _files(run, wanted, number, now), now, by)
    record_change(
        actor=by, verb="export_again", subject_kind="payoutrun", subject_id=run.pk, before={},
        after={"number": run.number, "files": [one.name for one in found], "payouts": len(wanted)}, now=now,
    )  # fmt: skip
    return found


def _refuse_moved(payout_ids: Sequence[str]) -> None:
    rows = Payout.objects.filter(pk__in=list(payout_ids))
    moved = rows.exclude(state=Payout.State.IN_TRANSIT).count()
    if moved:
        message = ngettext(
            "%(count)d payment in this file is read back already. Export the rest as a new file.",
            "%(count)d payments in this file are read back already. Export the rest as a new file.",
            moved,
        )
        raise Refused("already_paid", message % {"count": moved})


def _files(run: PayoutRun, rows: Sequence[Payout], number: int, now: datetime) -> list[RailFile]:
    rail = RAILS_BY_KEY[run.rail]
    return rail.files(payments_of(rows), rail_values(run.program_id, run.rail), facts_of(run, number, now))


def _keep(run: PayoutRun, files: Sequence[RailFile], now: datetime, by: str) -> list[RunFile]:
    start = RunFile.objects.filter(run=run).count() + 1
    rows = [
        RunFile(
            id=new_id(), run=run, position=position, name=file.name, media_type=file.media_type, body=file.body,
            digest=hashlib.sha256(file.body.encode()).hexdigest(), message_id=file.message_id,
            payout_ids=[str(one) for one in file.payout_ids], made_at=now, made_by=by[:200],
        )
        for position, file in enumerate(files, start)
    ]  # fmt: skip
    return RunFile.objects.bulk_create(rows)


def _write_calls(run: PayoutRun, rows: Sequence[Payout], now: datetime) -> None:
    values, facts = rail_values(run.program_id, run.rail), facts_of(run)
    for number, part in enumerate(in_parts(rows, ITEMS), 1):
        key = f"{run.number}-{run.pk.hex[-12:]}-{number}"
        body = batch_body(key, payments_of(part), values, facts)
        Sending.objects.create(id=new_id(), run=run, number=number, key=key, body=body, due_at=now, made_at=now)


def _promise_credit(run: PayoutRun, rows: Sequence[Payout], now: datetime) -> None:
    facts = facts_of(run)
    keys = dict(Attempt.objects.filter(payout__in=rows).values_list("payout_id", "key"))
    for payment in payments_of(rows):
        body = webhook_body(payment, facts)
        payload = {"payout": text_id("pay", payment.payout_id), "body": body}
        enqueue(CREDIT, f"{CREDIT}:{keys[payment.payout_id]}", payload, due_at=now, now=now)
