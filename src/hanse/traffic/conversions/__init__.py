"""Conversions: occurrences of goals, and the refunds that take value back."""
