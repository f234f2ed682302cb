"""Key file: the data key on disk and as text. It is 32 bytes as unpadded base64url, in a file that only its owner may
read."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

from core import env_variable
from core.crypto import secretbox
from core.errors import BadSetting


def load_or_create_key(path: Path) -> bytes:
    """Reads the key. Creates the file if there is none. Raises BadSetting."""
    if not path.exists():
        write_key(path, secretbox.make_key())
    return read_key(path)


def write_key(path: Path, key: bytes) -> bool:
    """Writes the key to disk with mode 600. False if the file exists already; it is not changed."""
    return write_once(path, format_key(key) + "\n")


def write_once(path: Path, text: str) -> bool:
    """Like ``write_key``, for another text."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # unlike a rename, this never replaces a key that another process has just written
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def format_key(key: bytes) -> str:
    """The key as text, as in OPSIQ_DATA_KEY and data.key."""
    return base64.urlsafe_b64encode(key).decode("ascii").rstrip("=")


def read_key(path: Path) -> bytes:
    """Reads the key. Raises BadSetting for a file that others may read or that contains no key."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadSetting(f"{path} may be read by others. Run: chmod 600 {path}", extra={"setting": "OPSIQ_DATA_KEY"})
    try:
        return env_variable.key(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise BadSetting(f"{path} {error}. Restore it from a copy.", extra={"setting": "OPSIQ_DATA_KEY"}) from error
