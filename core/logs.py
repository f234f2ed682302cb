"""Log lines that a machine can read: one record a line, with the ids of what is being done.

``bound(run_id=…)`` names the request, run, event or delivery at hand for every line until it ends, through awaits and
tasks. ``install`` sets the form for the process: ``text`` for eyes (logfmt, a traceback indented under its line) or
``json``. Text from outside can't begin a line of its own: line breaks and control characters are escaped in both.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

Form = Literal["text", "json"]

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NOISY: Final = ("aiosqlite", "alembic", "uvicorn.error")
_ids: ContextVar[Mapping[str, str]] = ContextVar("opsiq_log_ids", default=MappingProxyType({}))


class bound:  # noqa: N801 (used as a function; a class of its own since a generator costs several times as much)
    """Every line logged within carries ``ids``; those that are None are left out."""

    __slots__ = ("_given", "_token")

    def __init__(self, **ids: str | None) -> None:
        self._given = ids

    def __enter__(self) -> None:
        self._token = _ids.set(
            {**_ids.get(), **{name: value for name, value in self._given.items() if value is not None}}
        )

    def __exit__(self, *_: object) -> None:
        _ids.reset(self._token)


def install(level: str, form: Form) -> None:
    """Log to standard error from here on, in this form, from ``level`` up."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class Lines(logging.Formatter):
    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        more = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line: dict[str, Any] = {
            "at": at, "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage(), **_ids.get(), **more,
        }  # fmt: skip
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        if self._form == "json":
            return json.dumps(line | ({"exception": trace} if trace else {}), default=str)
        words = " ".join(f"{name}={_word(value)}" for name, value in line.items() if value is not None)
        return "\n".join([words, *(f"    {_plain(each)}" for each in trace.splitlines())])


def _word(value: object) -> str:
    """As logfmt has it: bare where that is plain, else quoted and escaped as JSON."""
    text = str(value)
    return text if text and text.isascii() and text.isprintable() and not set(text) & set(' "=\\') else json.dumps(text)


def _plain(line: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
