"""Settings of the server: the fields of both tables, read from the environment, and the values derived from them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

from core import env_variable
from core.crypto.key_file import load_or_create_key
from core.errors import BadSetting
from core.settings import secret_files
from core.settings.fields import SettingFields
from core.settings.model import ModelSettings

SDK_VARIABLES: Final = frozenset({"OPSIQ_KEY", "OPSIQ_SECRET", "OPSIQ_URL"})
"""Variables of the SDKs. They are no server settings, but allowed in the server's environment."""

_PREFIX: Final = "OPSIQ_"
_TEST_PREFIX: Final = "OPSIQ_TEST_"


@dataclass(frozen=True, kw_only=True)
class Settings(ModelSettings, SettingFields):
    """The server's settings, loaded once. Rooms are passed values, never the environment."""

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Reads the settings in ``environ``, and secrets also from the files that it names. Raises BadSetting for a
        value that can't be read, and for an OPSIQ_… name that is no setting."""
        known = {each.name: env_variable.get_variable(each.metadata) for each in fields(cls)}
        secrets = [each.name for each in known.values() if each.secret]
        names = [*(each.name for each in known.values()), *(f"{name}{secret_files.SUFFIX}" for name in secrets)]
        for name in sorted(environ):
            ours = name.startswith(_PREFIX) and not name.startswith(_TEST_PREFIX) and name not in SDK_VARIABLES
            if ours and name not in names:
                raise BadSetting(_unknown(name, names), extra={"setting": name})
        environ = {**environ, **secret_files.read_secret_files(environ, secrets)}
        given: dict[str, Any] = {}
        for field_name, each in known.items():
            text = environ.get(each.name, "").strip()
            if not text:
                continue
            try:
                given[field_name] = each.read(text)
            except ValueError as error:
                shown = "" if each.secret else f" (it is {text!r})"
                raise BadSetting(f"{each.name} {error}{shown}.", extra={"setting": each.name}) from error
        made = cls(**given)
        if made.oidc_issuer and not made.oidc_client_id:
            raise BadSetting(
                "OPSIQ_OIDC_ISSUER is set and OPSIQ_OIDC_CLIENT_ID is not: both are needed.",
                extra={"setting": "OPSIQ_OIDC_CLIENT_ID"},
            )
        if made.oidc_client_id and not made.oidc_issuer:
            raise BadSetting(
                "OPSIQ_OIDC_CLIENT_ID is set and OPSIQ_OIDC_ISSUER is not: both are needed.",
                extra={"setting": "OPSIQ_OIDC_ISSUER"},
            )
        defaults = {
            "database_url": made.database_url or f"sqlite+aiosqlite:///{made.data_dir / 'opsiq.db'}",
            "base_url": made.base_url or f"http://{f'[{made.host}]' if ':' in made.host else made.host}:{made.port}",
        }
        return cls(**(given | defaults))

    @cached_property
    def data_key(self) -> bytes:
        """The key that encrypts data keys: the configured one, else the one in the data folder, created on first use
        with mode 600.

        Two processes that start at once get the same key. Raises BadSetting for a file that others may read or that
        contains no key.
        """
        return self.given_data_key if self.given_data_key is not None else load_or_create_key(self.key_file)

    @property
    def data_keys(self) -> tuple[bytes, ...]:
        """``data_key`` and, if a rotation was interrupted between database and file, the key that was to replace it."""
        if self.given_data_key is not None or not self.next_key_file.exists():
            return (self.data_key,)
        return (self.data_key, load_or_create_key(self.next_key_file))

    @property
    def https(self) -> bool:
        """Whether people reach this server by HTTPS, wherever TLS ends."""
        return self.base_url.lower().startswith("https://")

    @property
    def key_file(self) -> Path:
        return self.data_dir / "data.key"

    @property
    def sealed_file(self) -> Path:
        """Exists once the database of this data folder has been sealed."""
        return self.data_dir / "sealed"

    @property
    def anchor_file(self) -> Path:
        return self.given_anchor_file or self.data_dir / "anchors.jsonl"

    @property
    def next_key_file(self) -> Path:
        return self.data_dir / "data.key.next"


def _unknown(name: str, names: list[str]) -> str:
    # Without the common prefix, which would make any two of them look alike.
    known = {each.removeprefix("OPSIQ_"): each for each in names}
    near = difflib.get_close_matches(name.removeprefix("OPSIQ_"), known, n=1, cutoff=0.6)
    mend = f"Did you mean {known[near[0]]}?" if near else "All settings are listed in docs/reference/settings.md."
    return f"{name} is no setting. {mend}"
