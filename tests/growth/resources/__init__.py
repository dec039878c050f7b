"""Uploads, the library and answers."""
