"""Rollups: pre-added numbers, disposable."""
