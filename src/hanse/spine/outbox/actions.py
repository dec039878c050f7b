"""Verbs of outbox: write an effect beside its cause, claim it, and say how it went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q

from hanse.spine.bulk import delete_some
from hanse.spine.outbox.models import OutboxItem

MAX_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=12)


def enqueue(kind: str, key: str, payload: Mapping[str, object], *, due_at: datetime, now: datetime) -> bool:
    """Promise one effect. The same key promises nothing more. Returns whether it is new."""
    if OutboxItem.objects.filter(key=key).exists():
        return False
    item = OutboxItem(kind=kind, key=key, payload=dict(payload), created_at=now, due_at=due_at)
    OutboxItem.objects.bulk_create([item], ignore_conflicts=True)
    return True


def enqueue_mail(key: str, *, to: str, subject: str, text: str, html: str, language: str, now: datetime) -> bool:
    """Promise one mail, sent by the worker. Line breaks in the subject become blanks, so no header can be forged."""
    payload = {
        "to": to, "subject": " ".join(subject.split()), "text": text, "html": html, "language": language, "headers": {},
    }  # fmt: skip
    return enqueue("mail", key, payload, due_at=now, now=now)


def enqueue_mails(mails: Iterable[tuple[str, Mapping[str, object]]], *, now: datetime) -> int:
    """Promise many mails at once, as (key, payload); keys that are known promise nothing more. One query each 500."""
    items = [OutboxItem(kind="mail", key=key, payload=dict(said), created_at=now, due_at=now) for key, said in mails]
    OutboxItem.objects.bulk_create(items, batch_size=500, ignore_conflicts=True)
    return len(items)


def enqueue_bulk(mails: Iterable[tuple[UUID, str, Mapping[str, object]]], *, now: datetime) -> None:
    """Promise many mails with ids of their own, as (id, key, payload), which wait behind all that is not bulk.

    A key that is known promises nothing more. One query each 100, since such mails are long.
    """
    items = [
        OutboxItem(id=pk, kind="mail", key=key, payload=dict(said), created_at=now, due_at=now, is_bulk=True)
        for pk, key, said in mails
    ]
    OutboxItem.objects.bulk_create(items, batch_size=100, ignore_conflicts=True)


def bulk_waiting() -> int:
    """Return how many bulk mails are neither done nor given up."""
    return OutboxItem.objects.filter(is_bulk=True, done_at=None, failed_at=None).count()


def absolute_url(path: str) -> str:
    """Return the public address of one of our own paths."""
    return f"{str(settings.HANSE_PUBLIC_URL).rstrip('/')}{path}"


def portal_address(path: str, slug: str) -> str:
    """Return the public address of a page of the portal, in the program that a letter is of: its reader may be in
    several."""
    page, mark, place = path.partition("#")
    return absolute_url(f"{page}?program={slug}{mark}{place}")


def claim(limit: int, now: datetime, for_seconds: int = 60) -> list[OutboxItem]:
    """Take up to `limit` due effects for a while. An item is given to one asker: the claim is a conditional update."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = OutboxItem.objects.filter(free, done_at=None, failed_at=None, due_at__lte=now)
    until = now + timedelta(seconds=for_seconds)
    claimed = []
    for item in due.order_by("is_bulk", "due_at", "id")[:limit]:
        won = OutboxItem.objects.filter(free, pk=item.pk, done_at=None, failed_at=None, attempts=item.attempts).update(
            claimed_until=until, attempts=F("attempts") + 1
        )
        if won:
            item.claimed_until, item.attempts = until, item.attempts + 1
            claimed.append(item)
    return claimed


def keep_claim(item: OutboxItem, now: datetime, for_seconds: int = 120) -> bool:
    """Keep an effect for longer before it is done. Returns False where somebody else has it meanwhile, or did it."""
    ours = OutboxItem.objects.filter(pk=item.pk, done_at=None, failed_at=None, attempts=item.attempts)
    return bool(ours.update(claimed_until=now + timedelta(seconds=for_seconds)))


def take_back(item_ids: Iterable[UUID]) -> None:
    """Promise effects no more that did not happen; each may be promised again."""
    OutboxItem.objects.filter(pk__in=list(item_ids), done_at=None).delete()


def mark_done(item_id: UUID, now: datetime) -> None:
    """Note that an effect happened. Its payload is dropped: mails may carry one-time links."""
    OutboxItem.objects.filter(pk=item_id, done_at=None).update(done_at=now, claimed_until=None, payload={})


def mark_failed(item_id: UUID, error: str, now: datetime) -> None:
    """Note a failed try: it waits 10 s, then twice as long each time up to 12 h; after twelve a person must look."""
    item = OutboxItem.objects.get(pk=item_id)
    item.last_error, item.claimed_until = error[:2000], None
    if item.attempts >= MAX_ATTEMPTS:
        item.failed_at = now
    else:
        item.due_at = now + retry_after(item.attempts)
    item.save(update_fields=["last_error", "claimed_until", "failed_at", "due_at"])


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait after the n-th failed try."""
    return min(_FIRST_WAIT * (1 << max(0, attempts - 1)), _LONGEST_WAIT)


def forget_done(before: datetime, limit: int = 1_000) -> int:
    """Forget up to `limit` effects that happened before a moment; returns how many. Those given up stay to be seen."""
    return delete_some(OutboxItem.objects.filter(done_at__lt=before), limit)
