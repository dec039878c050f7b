"""Audit: what each person changed."""
