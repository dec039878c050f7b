"""Stored files: checked by what they are, cleaned, kept once by content, shown at an address where nothing can run."""
