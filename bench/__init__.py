"""Measurements: each prints one JSON line last, so that a bar can be held against it."""
