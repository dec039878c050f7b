"""Reads of resources."""

from __future__ import annotations

from hanse.growth.resources.files.addresses import media_href as media_href
from hanse.growth.resources.files.queries import file_of as file_of
from hanse.growth.resources.files.queries import files_of as files_of
