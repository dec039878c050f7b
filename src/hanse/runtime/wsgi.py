"""The web role's application: Django by WSGI."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hanse.runtime.settings")
application = get_wsgi_application()
