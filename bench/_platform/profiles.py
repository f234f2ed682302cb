"""Where the time of a profiled process went: by package, and the functions that took most of it themselves."""

from __future__ import annotations

import pstats
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

_ROOMS: Final = ("core", "registry", "prompts", "store", "executors", "agent", "events", "web", "cli")
_WAITING: Final = ("'poll' of 'select.epoll'",)
"""Waiting is no cost."""


def told(stats: Path, *, top: int = 12) -> str:
    """Lines for a person."""
    every: Any = pstats.Stats(str(stats)).stats  # type: ignore[attr-defined]
    own = {where: each[2] for where, each in every.items() if not any(mark in where[2] for mark in _WAITING)}
    whole = sum(own.values()) or 1.0
    packages: Counter[str] = Counter()
    for (file, _, name), seconds in own.items():
        packages[_package(file, name)] += seconds
    lines = [f"    {seconds / whole:5.1%}  {name}" for name, seconds in packages.most_common(top)]
    lines.append("   of them:")
    for (file, line, name), seconds in sorted(own.items(), key=lambda pair: -pair[1])[:top]:
        place = name if file in ("~", "") else f"{_short(file)}:{line} {name}"
        lines.append(f"    {seconds / whole:5.1%}  {place}")
    return "\n".join(lines)


def _package(file: str, name: str) -> str:
    if file in ("~", ""):
        found = re.search(r"'(\w+)' of '([\w.]+)'|built-in method ([\w.]+)", name)
        return "C: " + ((found[2] or found[3]).split(".")[0] if found else name)
    if "site-packages/" in file:
        return file.partition("site-packages/")[2].split("/")[0].removesuffix(".py")
    for room in _ROOMS:
        if f"/{room}/" in file and "/lib/python" not in file:
            return f"opsiq: {room}"
    return "python: " + Path(file).parent.name if "/lib/python" in file else "other"


def _short(file: str) -> str:
    return file.partition("site-packages/")[2] or "/".join(Path(file).parts[-2:])
