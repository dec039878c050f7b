"""Idempotency: the first answer to a keyed request, given again to every repeat."""
