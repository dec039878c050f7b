"""Doors: the flat tables that the edge reads with plain SQL."""
