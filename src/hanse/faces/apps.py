"""The faces wing as a Django app: templates, static files and template tags; no tables."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Makes templates, static files and tags of the faces known to Django under the label `faces`."""

    name = "hanse.faces"
    label = "faces"
