"""Onboarding: the way from joining to the first win; steps complete from events, owners get tasks, drop-off is seen."""
