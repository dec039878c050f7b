"""Refresh the message catalogs from the sources, then compile them. Needs GNU gettext.

python scripts/messages.py            collect new texts and compile
python scripts/messages.py --compile  only compile
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "hanse"
LANGUAGES = ("es", "pl", "ru", "zh_Hant")


def collect() -> None:
    from django.core.management.commands import makemessages

    class Command(makemessages.Command):
        xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=lazy"]

    os.chdir(PACKAGE)
    Command().run_from_argv(
        ["", "makemessages", *(f"--locale={language}" for language in LANGUAGES), "--extension=html,py,txt",
         "--no-wrap", "--no-location", "--no-obsolete", "--ignore=static/*"]
    )  # fmt: skip
    for language in LANGUAGES:  # a date in the header would change the file each time
        path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
        path.write_text(re.sub(r'"POT-Creation-Date:.*\n', "", path.read_text(encoding="utf-8")), encoding="utf-8")


def compile_catalogs() -> None:
    for language in LANGUAGES:
        folder = PACKAGE / "locale" / language / "LC_MESSAGES"
        subprocess.run(
            ["msgfmt", "--check-format", "-o", folder / "django.mo", folder / "django.po"], check=True
        )  # the .mo is committed: whoever installs the product needs no gettext


if __name__ == "__main__":
    sys.path.insert(0, str(PACKAGE.parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "hanse.runtime.settings"
    os.environ.setdefault("HANSE_DATA", tempfile.mkdtemp(prefix="hanse-messages-"))
    import django

    django.setup()
    if "--compile" not in sys.argv:
        collect()
    compile_catalogs()
