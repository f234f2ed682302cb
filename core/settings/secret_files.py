"""Secrets given as files: ``OPSIQ_…_FILE`` names a file with the value of a secret setting. Container engines and
systemd pass secrets this way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from core.errors import BadSetting

SUFFIX: Final = "_FILE"
MAX_BYTES: Final = 64 * 1024


def read_secret_files(environ: Mapping[str, str], secrets: Sequence[str]) -> dict[str, str]:
    """Reads the settings among ``secrets`` that are given as files. Trailing line breaks are dropped.

    Raises BadSetting for a file that can't be read, is empty, too long or not text, and for a setting that is given
    both ways, because it is unclear which one is meant.
    """
    read: dict[str, str] = {}
    for name in secrets:
        variable = f"{name}{SUFFIX}"
        path = environ.get(variable, "").strip()
        if not path:
            continue
        if environ.get(name, "").strip():
            raise _bad(variable, f"{name} and {variable} are both set: take one away.")
        try:
            with Path(path).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
            text = raw.decode().rstrip("\r\n")
        except OSError as error:
            raise _bad(variable, f"{variable} can't be read: {path}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise _bad(variable, f"{variable} must name a file of text; {path} is none.") from error
        if len(raw) > MAX_BYTES:
            raise _bad(variable, f"{variable} must name a file of at most {MAX_BYTES} bytes; {path} is longer.")
        if not text.strip():
            raise _bad(variable, f"{variable} names a file with nothing in it: {path}.")
        read[name] = text
    return read


def _bad(variable: str, detail: str) -> BadSetting:
    return BadSetting(detail, extra={"setting": variable})
