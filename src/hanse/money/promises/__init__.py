"""Promises: floors and fees, owed for a time or once, and advances that commissions pay back."""
