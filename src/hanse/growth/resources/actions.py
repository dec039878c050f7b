"""Verbs of resources."""

from __future__ import annotations

from hanse.growth.resources.files.actions import keep_file as keep_file
