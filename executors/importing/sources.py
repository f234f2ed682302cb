"""Document sources: a folder, an archive, one text, or a host on the web. None reads beyond its own limits."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import io
import lzma
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import aiohttp

from core.errors import InvalidInput
from executors.http.session import AnswerHead, classify_error, describe_error, open_session
from executors.http.ssrf_guard import Blocked, SsrfGuard
from registry.importing.document.description import DocumentFormat
from registry.importing.document.parser import MAX_BYTES
from registry.importing.document.references import MAX_ALL_BYTES
from registry.importing.formats import FORMATS, list_titles, list_words

MAX_MEMBERS: Final = 20_000
FETCH_S: Final = 30.0
_SUFFIXES: Final = (".json", ".yaml", ".yml")
_UNREADABLE: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class TextSource:
    """One text that was passed in. It can refer to no other document."""

    def __init__(self, data: bytes, name: str = "document") -> None:
        self.root = name
        self._data = data

    async def read(self, name: str) -> bytes:
        if name != self.root:
            raise InvalidInput(f"It refers to another document ({name}); import the folder or archive that holds both.")
        return self._data


class FolderSource:
    """The documents of one folder and its subfolders. Links that lead outside are not followed."""

    def __init__(self, folder: Path, root: str) -> None:
        self._folder = folder.resolve()
        self.root = root

    async def read(self, name: str) -> bytes:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise InvalidInput(f"{name} lies outside the folder {self._folder}.")
        return await asyncio.to_thread(_file, path, name)


class ArchiveSource:
    """The documents of a zip or tar archive, unpacked only into memory."""

    def __init__(self, members: Mapping[str, bytes], root: str) -> None:
        self._members = members
        self.root = root

    async def read(self, name: str) -> bytes:
        if name not in self._members:
            raise InvalidInput(f"There is no {name} in the archive.")
        return self._members[name]


class WebSource:
    """A document on the web, with documents of the same host that it refers to."""

    def __init__(self, url: str, guard: SsrfGuard) -> None:
        self.root = url.partition("#")[0]
        self._guard = guard

    async def read(self, name: str) -> bytes:
        try:
            url = self._guard.url(name)
        except Blocked as error:
            raise InvalidInput(f"{name} can't be fetched: {error}.") from error
        head = AnswerHead(MAX_BYTES)
        try:
            async with (
                asyncio.timeout(FETCH_S),
                open_session(self._guard, reuse=False) as session,
                session.get(url, allow_redirects=False) as response,
            ):
                status, location = response.status, response.headers.get("location", "")
                if status == 200:
                    await head.read(response)
        except (aiohttp.ClientError, OSError) as error:
            raise InvalidInput(
                f"{name} can't be fetched: {classify_error(error)} ({describe_error(error)})."
            ) from error
        if 300 <= status < 400:
            raise InvalidInput(f"{name} answers that it is at {location[:300]}; import it from there.")
        if status != 200:
            raise InvalidInput(f"{name} answers {status}; a document was expected.")
        if not head.whole:
            raise InvalidInput(f"{name} is larger than {MAX_BYTES:,} bytes.")
        return head.body


def open_path(path: Path, root: str = "") -> FolderSource | ArchiveSource:
    """The source of a file, folder or archive. ``root`` names the first document if that isn't obvious. Raises
    InvalidInput."""
    if path.is_dir():
        return FolderSource(path, root or find_root(_folder_heads(path)))
    if not path.exists():
        raise InvalidInput(f"There is no file {path}.")
    if path.name.lower().endswith(ARCHIVES):
        return open_archive(_file(path, path.name, MAX_ALL_BYTES), path.name, root)
    return FolderSource(path.parent, path.name)


def open_archive(data: bytes, name: str, root: str = "") -> ArchiveSource:
    """Opens an archive of documents. Raises InvalidInput for anything else, and for one that is too large when
    unpacked."""
    try:
        members = dict(_zip(data) if name.lower().endswith(".zip") else _tar(data))
    except _UNREADABLE as error:
        raise InvalidInput(f"{name} is no archive that can be read: {error}.") from error
    found = root or find_root(members.items())
    if found not in members:
        raise InvalidInput(f"There is no {found} in the archive.")
    return ArchiveSource(members, found)


def find_root(documents: Iterable[tuple[str, bytes]], formats: Sequence[DocumentFormat] = FORMATS) -> str:
    """The one document that names its format, nearest to the top. Raises InvalidInput for none and for several."""
    found: dict[int, list[str]] = {}
    for name, head in documents:
        if name.lower().endswith(_SUFFIXES) and any(each.first_line.search(head) for each in formats):
            found.setdefault(name.count("/"), []).append(name)
    if not found:
        raise InvalidInput(f"No document here begins with {list_words(formats, 'or')}. Name the first one with --root.")
    nearest = sorted(found[min(found)])
    if len(nearest) > 1:
        shown = ", ".join(nearest[:10]) + (" …" if len(nearest) > 10 else "")
        kind = list_titles(formats)
        raise InvalidInput(f"There are {len(nearest)} {kind} documents here: {shown}. Choose one with --root.")
    return nearest[0]


def _folder_heads(folder: Path) -> Iterable[tuple[str, bytes]]:
    for count, path in enumerate(sorted(folder.rglob("*"))):
        if count > MAX_MEMBERS:
            raise InvalidInput(f"The folder holds more than {MAX_MEMBERS:,} files. Name the document with --root.")
        if path.suffix.lower() in _SUFFIXES and path.is_file():
            yield path.relative_to(folder).as_posix(), _file(path, path.name)


def _file(path: Path, name: str, most: int = MAX_BYTES) -> bytes:
    try:
        if not path.is_file():
            raise InvalidInput(f"There is no file {name}.")
        if path.stat().st_size > most:
            raise InvalidInput(f"{name} is larger than {most:,} bytes.")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{name} can't be read: {error.strerror}.") from error


def _zip(data: bytes) -> Iterable[tuple[str, bytes]]:
    left = MAX_ALL_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_MEMBERS:
            raise InvalidInput(f"The archive holds more than {MAX_MEMBERS:,} files.")
        for entry in entries:
            if entry.is_dir() or not entry.filename.lower().endswith(_SUFFIXES):
                continue
            with archive.open(entry) as file:
                content = file.read(left + 1)
            left = _left(left, content)
            yield posixpath.normpath(entry.filename), content


def _tar(data: bytes) -> Iterable[tuple[str, bytes]]:
    left, count = MAX_ALL_BYTES, 0
    with tarfile.open(fileobj=io.BytesIO(_unpack(data)), mode="r:") as archive:
        for entry in archive:
            count += 1
            if count > MAX_MEMBERS:
                raise InvalidInput(f"The archive holds more than {MAX_MEMBERS:,} files.")
            if not entry.isfile() or not entry.name.lower().endswith(_SUFFIXES):
                continue
            file = archive.extractfile(entry)
            content = file.read(left + 1) if file is not None else b""
            left = _left(left, content)
            yield posixpath.normpath(entry.name), content


def _unpack(data: bytes) -> bytes:
    """A tar's bytes, decompressed up to the read limit."""
    openers = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open))
    opener = next((each for magic, each in openers if data.startswith(magic)), None)
    if opener is None:
        return data
    with opener(io.BytesIO(data)) as file:
        made = file.read(2 * MAX_ALL_BYTES + 1)
    if len(made) > 2 * MAX_ALL_BYTES:
        raise InvalidInput(f"The archive is larger than {2 * MAX_ALL_BYTES:,} bytes when it is unpacked.")
    return made


def _left(left: int, content: bytes) -> int:
    if len(content) > left:
        raise InvalidInput(f"The archive's documents have more than {MAX_ALL_BYTES:,} bytes together.")
    return left - len(content)
