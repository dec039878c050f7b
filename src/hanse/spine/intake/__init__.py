"""Intake: every fact that came in, once, with its hash and verdict."""
