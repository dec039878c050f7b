"""Verbs of sends: planning letters, a colleague's note, and what comes back."""
