"""The description as chapters for the page: operations by subject, with their parameters, fields and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")


def chapters(document: Document) -> list[Document]:
    """Return the chapters of the page, in the order in which their first operation stands."""
    found: dict[str, list[Document]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                found.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, document))
    return [{"title": title, "operations": operations} for title, operations in sorted(found.items())]


def _operation(path: str, method: str, operation: Document, document: Document) -> Document:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    schema = _followed(body, document) if body else {}
    answers = [(status, answer["description"]) for status, answer in operation["responses"].items()]
    return {
        "id": operation["operationId"], "method": method.upper(), "path": path, "summary": operation["summary"],
        "description": operation["description"].removeprefix(operation["summary"]).strip(". \n"),
        "parameters": operation["parameters"],
        "fields": list(_fields(schema, document)), "answers": answers,
        "example": _example(path, method, schema, document),
    }  # fmt: skip


def _followed(schema: Document, document: Document) -> Document:
    if "$ref" in schema:
        found: Document = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return _followed(schema["anyOf"][0], document) if "anyOf" in schema else schema


def _fields(schema: Document, document: Document) -> Iterator[Document]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        kinds = [_kind(kind, document) for kind in field.get("anyOf", [field])]
        yield {
            "name": name, "kind": " or ".join(dict.fromkeys(kinds)), "required": name in required,
            "description": _followed(field, document).get("description", "") or field.get("description", ""),
        }  # fmt: skip


def _kind(field: Document, document: Document) -> str:
    field = _followed(field, document)
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}), document)}"
    return str(field.get("format") or field.get("type") or "any")


def _example(path: str, method: str, schema: Document, document: Document) -> str:
    lines = [f"curl https://your.host{path} \\", "  -H 'Authorization: Bearer hz_…'"]
    if method != "get":
        lines[0] = lines[0].replace("curl", f"curl -X {method.upper()}")
    required = set(schema.get("required", []))
    if method != "get" and schema:
        named = [field for field in _fields(schema, document) if field["name"] in required]
        body = json.dumps({field["name"]: f"<{field['kind']}>" for field in named})
        lines[-1] += " \\"
        lines += ["  -H 'Content-Type: application/json' \\", f"  -d '{body}'"]
    return "\n".join(lines)
