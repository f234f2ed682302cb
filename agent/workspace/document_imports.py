"""Document imports on a server: drafts contracts from an uploaded document or a URL, in a process of its own.

Nothing is stored or registered. Drafts are data until an owner signs them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from core.errors import InvalidInput, Unavailable
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import DocumentSource, ImportProcess
from executors.importing.sources import ARCHIVES, TextSource, WebSource, open_archive
from registry.importing.document.references import is_url
from registry.importing.formats import FORMATS, list_titles, list_words

MAX_WAITING: Final = 4
"""Most imports that run or wait, so that documents don't fill the memory."""
MAX_OF_ONE: Final = 2
"""Most of these for one workspace, so that slow documents don't keep others waiting."""


class DocumentImports:
    """Drafts contracts from documents, a few at a time."""

    def __init__(self, guard: SsrfGuard, process: ImportProcess | None = None) -> None:
        self._guard = guard
        self._process = process or ImportProcess()
        self._running: Counter[str] = Counter()

    async def draft(
        self, workspace: str, source: DocumentSource, decisions: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Drafts contracts: ``report``, ``contracts``, ``connector`` and ``decisions``, as ``opsiq import openapi``
        writes them. Raises InvalidInput for a document that can't be read, and Unavailable if too many imports are
        running."""
        with self._place(workspace):
            return await self._draft(source, decisions)

    async def draft_upload(
        self, workspace: str, data: bytes, name: str, decisions: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Like ``draft``, for an upload that ``open_upload`` takes. A thread opens it, because an archive takes seconds
        to unpack."""
        with self._place(workspace):
            return await self._draft(await asyncio.to_thread(open_upload, data, name), decisions)

    @contextmanager
    def _place(self, workspace: str) -> Iterator[None]:
        if self._running[workspace] >= MAX_OF_ONE or self._running.total() >= MAX_WAITING:
            raise Unavailable("Several documents are being imported already. Try again in a minute.")
        self._running[workspace] += 1
        try:
            yield
        finally:
            self._running[workspace] -= 1
            self._running += Counter()  # drops the entries at zero

    async def _draft(self, source: DocumentSource, decisions: Mapping[str, Any] | None) -> dict[str, Any]:
        given = dict(decisions) if decisions is not None else None
        return await self._process.run({"do": "draft", "decisions": given}, [source])

    def at_address(self, url: str) -> WebSource:
        """The document at a URL, and the documents on the same host that it refers to. Raises InvalidInput."""
        if not is_url(url):
            raise InvalidInput("Give the document's address, beginning with https://.")
        return WebSource(url, self._guard)


def open_upload(data: bytes, name: str) -> DocumentSource:
    """Opens an uploaded document: JSON, YAML, or an archive of several files. The name or first bytes tell which.
    Raises InvalidInput."""
    if not data.strip():
        raise InvalidInput("The document is empty.")
    packed = next((suffix for suffix, magic in _MAGIC.items() if data.startswith(magic)), "")
    if packed or name.lower().endswith(ARCHIVES):
        return open_archive(data, name if name.lower().endswith(ARCHIVES) else f"document{packed}")
    # Every document contains one of its format's words. Checking for it first avoids starting a process in vain.
    if not any(word.encode() in data for each in FORMATS for word in each.words) and b"\x00" not in data:
        raise InvalidInput(f"This is no {list_titles(FORMATS)} document: it says neither {list_words(FORMATS, 'nor')}.")
    return TextSource(data)


_MAGIC: Final[Mapping[str, bytes]] = {
    ".zip": b"PK\x03\x04",
    ".tar.gz": b"\x1f\x8b",
    ".tar.bz2": b"BZh",
    ".tar.xz": b"\xfd7zXZ",
}
