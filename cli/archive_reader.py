"""Backup archive reader: finds and checks the parts of a tar without unpacking it.

A tar may hold links, paths that lead out, files full of holes and headers of any length, and whoever made it chooses.
So headers are read here one block at a time (``tarfile`` takes each apart), only plain files of the few known names are
let in, each once, and nothing is written before it was checked.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

MANIFEST: Final = "manifest.json"
MARK: Final = "manifest.mac"
DUMPS: Final = {"sqlite": "opsiq.db", "postgresql": "opsiq.pgdump"}
KEY: Final = "data.key"
_MOST: Final[Mapping[str, int]] = {MANIFEST: 64 * 1024 * 1024, MARK: 1024, KEY: 4096}
"""Most bytes of each part that is read into memory. A dump has no limit."""
_NAMES: Final = frozenset({*_MOST, *DUMPS.values()})
_MOST_HEADERS: Final = 16
_MOST_PAX: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024


class Unusable(ValueError):
    """Raised where an archive can't be used; the message is the end of a sentence."""


class Part(NamedTuple):
    at: int
    size: int


class Archive:
    """The parts of an open file. Raises Unusable for what is no archive of ours."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._parts = _find_parts(file)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._parts)

    def read(self, name: str) -> bytes:
        """A small part, whole. Raises Unusable."""
        part = self._part(name)
        if part.size > _MOST[name]:
            raise Unusable(f"its {name} is too large")
        return b"".join(self._chunks(part))

    def check(self, name: str, sha256: object, size: object = None) -> None:
        """Checks a part of an archive against the manifest. Raises Unusable unless the part is the one that the
        manifest tells of."""
        part = self._part(name)
        whole = hashlib.sha256()
        if size in (None, part.size):
            for chunk in self._chunks(part):
                whole.update(chunk)
            if whole.hexdigest() == sha256:
                return
        raise Unusable("its digest does not fit")

    def copy(self, name: str, to: Path, sha256: object) -> None:
        """Write the part to a new file with mode 600. Raises Unusable where it is another than was checked."""
        part = self._part(name)
        whole = hashlib.sha256()
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in self._chunks(part):
                whole.update(chunk)
                out.write(chunk)
        if whole.hexdigest() != sha256:
            raise Unusable("it was changed while it was read")

    def _part(self, name: str) -> Part:
        if name not in self._parts:
            raise Unusable(f"it has no {name}")
        return self._parts[name]

    def _chunks(self, part: Part) -> Iterator[bytes]:
        self._file.seek(part.at)
        left = part.size
        while left:
            chunk = self._file.read(min(left, _CHUNK))
            if not chunk:
                raise Unusable("it ends too early")
            left -= len(chunk)
            yield chunk


def _find_parts(file: BinaryIO) -> dict[str, Part]:
    end = file.seek(0, os.SEEK_END)
    found: dict[str, Part] = {}
    at, wide = 0, None
    for _ in range(_MOST_HEADERS):
        file.seek(at)
        block = file.read(tarfile.BLOCKSIZE)
        if found and not block.strip(b"\0"):
            return found
        try:
            member = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, ValueError) as error:
            raise Unusable("it is not a plain tar (unpack a compressed one first)") from error
        at += tarfile.BLOCKSIZE
        size = member.size if wide is None else wide
        wide = None
        if size < 0 or at + size > end:
            raise Unusable("it ends too early")
        if member.type == tarfile.XHDTYPE and size <= _MOST_PAX:  # as archives of form v1 have them
            wide = _wide(file.read(size))
        elif member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.name in _NAMES and member.name not in found:
            found[member.name] = Part(at, size)
        else:
            raise Unusable("it holds what no backup holds")
        at += -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    raise Unusable("it holds what no backup holds")


def _wide(records: bytes) -> int | None:
    """The size that a pax header gives for the file after it, where it gives one. All else that it says is left
    unread."""
    for line in records.split(b"\n"):
        _, _, told = line.partition(b" ")
        name, _, value = told.partition(b"=")
        if name == b"size" and value.isdigit():
            return int(value[:20])
    return None
