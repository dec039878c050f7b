"""Sends: one row for each person and letter: planned, held back by caps and quiet hours, sent once, and measured."""
