"""Mailroom: what comes in by mail is read within bounds, matched to whom it concerns, and kept once."""
