"""What one version of a resource says and holds."""

from __future__ import annotations

from dataclasses import dataclass

from hanse.growth.resources.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class Content:
    """What one version says and holds. At least one of body, address and file is there."""

    title: str
    summary: str = ""
    body: str = ""
    address: str = ""
    file: StoredFile | None = None
    note: str = ""
