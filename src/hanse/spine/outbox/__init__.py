"""Outbox: effects on the outside world, claimed and retried until done."""
