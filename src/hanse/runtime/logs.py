"""Structured logs: one JSON object a line, with ids and numbers, never names, addresses or secrets."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

_PERSONAL = frozenset(
    {"email", "ip", "name", "password", "secret", "token", "key", "cookie", "authorization", "query", "body"}
)


def _without_personal_data(_logger: Any, _method: str, event: Any) -> Any:
    """Drop what could tell who somebody is, whoever put it into a log call."""
    for field in _PERSONAL & event.keys():
        event[field] = "…"
    return event


_BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_personal_data,
]


def logging_settings(level: str) -> dict[str, Any]:
    """Return the standard library's logging configuration; sets structlog up to speak through it."""
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    upper = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": _BEFORE, "processors": _after()}
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "hanse": {"level": upper},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.request": {"level": "ERROR", "handlers": [], "propagate": True},
        },
    }


def _after() -> list[Any]:
    """Return what turns an event into text: JSON for programs, colours where a person looks on."""
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if sys.stderr.isatty():
        return [remove, structlog.dev.ConsoleRenderer()]
    return [remove, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def set_up_logs(level: str) -> None:
    """Make this process's logs lines of JSON, where Django does not do it."""
    logging.config.dictConfig(logging_settings(level))
