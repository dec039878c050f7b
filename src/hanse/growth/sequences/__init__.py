"""Sequences: letters that follow what somebody did or did not do, with waits, and a reason to stop."""
