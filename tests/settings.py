"""The product's settings over a temporary data folder of this process, with a known secret.

`--postgres` (or HANSE_TEST_POSTGRES, an address of a server) puts the database on PostgreSQL.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.databases import worker_name
from tests.postgres import start_postgres

if "--postgres" in sys.argv and not os.environ.get("HANSE_TEST_POSTGRES"):
    os.environ["HANSE_TEST_POSTGRES"] = start_postgres()

_data = Path(tempfile.mkdtemp(prefix="hanse-test-"))
atexit.register(shutil.rmtree, _data, ignore_errors=True)
(_data / "secret.key").write_text("5a" * 32)
os.environ["HANSE_DATA"] = str(_data)
os.environ["HANSE_PUBLIC_URL"] = "http://127.0.0.1:8000"
for _name in ("HANSE_SMTP_URL", "HANSE_MAIL_FROM", "HANSE_CLOCK", "HANSE_DATABASE_URL", "HANSE_LOG"):
    os.environ.pop(_name, None)
if os.environ.get("HANSE_TEST_POSTGRES"):
    os.environ["HANSE_DATABASE_URL"] = f"{os.environ['HANSE_TEST_POSTGRES']}/{worker_name()}"

from hanse.runtime.settings import *  # noqa: E402, F403

os.environ.pop("HANSE_DATABASE_URL", None)  # programs that tests start choose their own store
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
