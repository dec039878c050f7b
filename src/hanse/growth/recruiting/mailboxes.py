"""Addresses of people: which ones are one mailbox, which ones are made to be thrown away."""

from __future__ import annotations

from functools import lru_cache

_DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(email: str) -> str:
    """Return what stays equal over the ways to write one mailbox: without "+tag", for Gmail without dots."""
    local, _at, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_disposable(email: str) -> bool:
    """Say whether an address is at a provider of mailboxes for ten minutes, or at a part of one."""
    labels = email.rpartition("@")[2].lower().strip(".").split(".")
    known = _blocklist()
    return any(".".join(labels[place:]) in known for place in range(len(labels) - 1))


@lru_cache(maxsize=1)
def _blocklist() -> frozenset[str]:
    from disposable_email_domains import blocklist  # ten thousand names, read when first asked

    return frozenset(str(domain) for domain in blocklist)
