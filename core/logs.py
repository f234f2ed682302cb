"""Structured logs: one record a line, with the ids of the request, run, event or delivery that is being handled.

``bound(run_id=…)`` adds an id to every line within its context, through awaits and tasks. ``install`` sets the format
of the process: ``text`` for people (logfmt, with tracebacks indented under their line) or ``json``. Text from outside
can't begin a new line: both formats escape line breaks and control characters.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, Literal

Form = Literal["text", "json"]

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NOISY: Final = ("aiosqlite", "alembic", "mcp", "sse_starlette", "uvicorn.error")
"""Loggers of libraries that write too much at a lower level. Some write whole answers or statements with their values,
which no log may hold."""
_REPEATING: Final = ("asyncio", "opsiq.web.connections", "uvicorn.error", "web.limits")
"""Loggers whose lines strangers can cause as often as they like."""
_MOST_KINDS: Final = 256
_Chain = tuple["_Chain", Mapping[str, str | None]] | None
_ids: ContextVar[_Chain] = ContextVar("opsiq_log_ids", default=None)


class bound:  # noqa: N801 (used as a function; a class of its own since a generator costs several times as much)
    """Adds ``ids`` to every log line written within the context, except those that are None. They are merged when a
    line is written, because most operations write none.
    """

    __slots__ = ("_given", "_token")

    def __init__(self, **ids: str | None) -> None:
        self._given = ids

    def __enter__(self) -> None:
        self._token = _ids.set((_ids.get(), self._given))

    def __exit__(self, *_: object) -> None:
        _ids.reset(self._token)


def _bound_ids() -> dict[str, str]:
    chain, given = _ids.get(), []
    while chain is not None:
        chain, ids = chain
        given.append(ids)
    return {name: value for ids in reversed(given) for name, value in ids.items() if value is not None}


def install(level: str, form: Form) -> None:
    """Sets up logging to standard error in this format, from ``level`` up."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(form))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _REPEATING:
        logger = logging.getLogger(name)
        logger.filters = [each for each in logger.filters if not isinstance(each, OncePerSecond)]
        logger.addFilter(OncePerSecond())


class OncePerSecond(logging.Filter):
    """Log rate limit: one line a second of each kind. The line says how many were left out since the last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[object, ...], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.levelno, record.pathname, record.lineno, record.exc_info[0] if record.exc_info else None)
        now = self._clock()
        last, left_out = self._kinds.get(kind, (-1.0, 0))
        if kind in self._kinds and now - last < 1.0:
            self._kinds[kind] = (last, left_out + 1)
            return False
        if len(self._kinds) >= _MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = (now, 0)
        if left_out:
            record.left_out = left_out
        return True


class LineFormatter(logging.Formatter):
    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        more = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_bound_ids(),
            **more,
        }
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        if self._form == "json":
            return json.dumps(line | ({"exception": trace} if trace else {}), default=str)
        words = " ".join(f"{name}={_word(value)}" for name, value in line.items() if value is not None)
        return "\n".join([words, *(f"    {_escape(each)}" for each in trace.splitlines())])


def _word(value: object) -> str:
    """A logfmt value: bare if it is plain, else quoted and escaped as JSON."""
    text = str(value)
    return text if text and text.isascii() and text.isprintable() and not set(text) & set(' "=\\') else json.dumps(text)


def _escape(line: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in line)
