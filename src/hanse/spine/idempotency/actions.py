"""Verbs of idempotency: keep the first answer, give it again, forget it after a while."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from django.db import IntegrityError, transaction

from hanse.spine.bulk import delete_some
from hanse.spine.idempotency.models import KeptAnswer
from hanse.spine.secrets.keys import key_for


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    request_hash: str
    status: int
    body: str


def begin_answer(asker: str, key: str, request_hash: str, now: datetime) -> Answer | None:
    """Claim a key for this request, or return the answer that it got before.

    On PostgreSQL a second request at the same moment waits here for the first one's transaction.
    """
    known = KeptAnswer.objects.filter(asker=asker, key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                KeptAnswer.objects.create(
                    asker=asker, key=key, request_hash=request_hash, status=0, body="", answered_at=now
                )
        except IntegrityError:
            known = KeptAnswer.objects.get(asker=asker, key=key)
        else:
            return None
    return Answer(known.request_hash, known.status, _open(known.body))


def keep_answer(asker: str, key: str, status: int, body: str, now: datetime) -> None:
    """Keep what a request was answered, sealed: answers may carry secrets."""
    sealed = _box().encrypt(body.encode()).decode("ascii")
    KeptAnswer.objects.filter(asker=asker, key=key).update(status=status, body=sealed, answered_at=now)


def forget_answers(before: datetime, limit: int = 1_000) -> int:
    """Forget up to `limit` answers given before a moment; their keys can be used anew. Returns how many."""
    return delete_some(KeptAnswer.objects.filter(answered_at__lt=before), limit)


def _open(sealed: str) -> str:
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(key_for("at-rest")))
