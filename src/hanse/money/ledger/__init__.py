"""Ledger: append-only double entry, chained by hashes."""
