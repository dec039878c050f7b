"""Enrolments: one partner in one program, and what was agreed."""
