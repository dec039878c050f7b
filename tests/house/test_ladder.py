"""What import-linter cannot see: foreign keys by name, reverse accessors, queries in templates, verbs that commit."""

import ast
import re

from django.apps import apps
from django.db.models import Model
from django.db.models.fields.related import RelatedField

from tests.house.sources import PACKAGE, parsed, product_files, short

LADDER = ("spine", "people", "programs", "traffic", "money", "insight", "growth", "faces")


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in LADDER]


def links_of(model: type[Model]) -> list[RelatedField]:  # type: ignore[type-arg]
    return [field for field in model._meta.get_fields() if isinstance(field, RelatedField)]


def test_no_foreign_key_goes_up_the_ladder() -> None:
    up = [
        f"{model.__name__}.{field.name} → {field.related_model._meta.label}"
        for model in our_models()
        for field in links_of(model)
        if field.related_model._meta.app_label in LADDER
        and LADDER.index(field.related_model._meta.app_label) > LADDER.index(model._meta.app_label)
    ]
    assert up == []


def test_no_reverse_accessor_crosses_wings() -> None:
    crossing = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in links_of(model)
        if field.related_model._meta.app_label != model._meta.app_label and not field.remote_field.hidden
    ]
    assert crossing == []


def test_every_wing_says_what_it_knows() -> None:
    for wing in sorted(path.parent for path in PACKAGE.glob("*/__init__.py")):
        text = ast.get_docstring(parsed(wing / "__init__.py")) or ""
        assert len(text) > 50, f"{short(wing)} needs a paragraph in its __init__.py"


def test_templates_ask_no_questions_of_the_database() -> None:
    asking = re.compile(r"\{[{%][^}%]*(?:\.objects\b|\.all\b|\.filter\b|_set\b)[^}%]*[}%]\}")
    found = {
        short(path): match.group()
        for path in (PACKAGE / "faces" / "templates").rglob("*.html")
        for match in [asking.search(path.read_text("utf-8"))]
        if match
    }
    assert found == {}


def test_verbs_never_commit_and_open_no_transaction() -> None:
    committing = re.compile(r"transaction\.(atomic|commit|rollback|set_autocommit|set_rollback)")
    wings = ("spine", "people", "programs", "traffic", "money", "insight", "growth", "bridges")
    savepoints = {
        "src/hanse/spine/idempotency/actions.py": "a savepoint, so that a second request's refusal can be caught"
    }
    found = {
        short(path)
        for path in product_files()
        if path.relative_to(PACKAGE).parts[0] in wings and committing.search(path.read_text("utf-8"))
    }
    assert found == savepoints.keys()


def test_rules_and_types_know_no_database() -> None:
    for path in product_files():
        if path.name in ("rules.py", "types.py") and path.relative_to(PACKAGE).parts[0] not in (
            "kernel",
            "edge",
            "journal",
        ):
            modules = {node.module or "" for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)} | {
                alias.name for node in ast.walk(parsed(path)) if isinstance(node, ast.Import) for alias in node.names
            }
            asking = [
                name
                for name in modules
                if name.startswith("django.db") or name.endswith((".models", ".queries", ".actions"))
            ]
            assert not asking, f"{short(path)} imports {asking}"
