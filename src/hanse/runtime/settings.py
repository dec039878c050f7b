"""Django settings, read from the environment and the data folder."""

from __future__ import annotations

import os
from pathlib import Path

DATA_DIR = Path(os.environ.get("HANSE_DATA", "data")).absolute()
SECRET_KEY = "development"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
AUTH_USER_MODEL = "people.TeamUser"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hanse.spine",
    "hanse.people",
    "hanse.programs",
    "hanse.traffic",
    "hanse.money",
    "hanse.insight",
    "hanse.growth",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "main.sqlite3"}}
