"""Documents that the command line names: files, folders, archives, addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import InvalidInput
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import DocumentSource, ImportProcess
from executors.importing.sources import WebSource, open_path
from registry.importing.document.references import is_url
from registry.importing.tasks import Task

_LOOPBACK = ("127.0.0.0/8", "::1/128")


async def perform(task: Task, sources: Sequence[DocumentSource]) -> dict[str, Any]:
    return await ImportProcess().run(task, sources)


def open_source(given: str, root: str = "") -> DocumentSource:
    """The source of what was typed. This machine's own addresses may be named, no others of a private network are
    reached. Raises InvalidInput."""
    if not is_url(given):
        return open_path(Path(given), root)
    if root:
        raise InvalidInput("--root names a document of a folder or archive; an address is the document itself.")
    return WebSource(given, SsrfGuard(_LOOPBACK if _is_loopback(given) else ()))


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
