"""Meetings: calls and office hours, invited by calendar entry, with the answers of those invited."""
