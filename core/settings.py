"""Every setting, from the environment, read once: ``Settings.load(os.environ)``. Rooms are handed values, never the environment.

``reference()`` is docs/reference/settings.md; ``python -m core.settings`` writes it to standard output.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, Self, cast
from urllib.parse import urlsplit

from core import secretbox
from core.errors import BadSetting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
ModelMode = Literal["json_schema", "tools", ""]
Price = tuple[Decimal, Decimal]
"""US dollars a million tokens: (prompt, completion)."""

SDK_VARIABLES: Final = frozenset({"OPSIQ_KEY", "OPSIQ_SECRET", "OPSIQ_URL"})
"""What the SDKs read: never a server setting, and no mistake in its environment."""

_PREFIX: Final = "OPSIQ_"


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, what it is for, how its text is read, and what stands in the docs as its default."""

    name: str
    about: str
    read: Callable[[str], Any] = str
    default: str | None = None
    secret: bool = False


def _variable(
    name: str, about: str, read: Callable[[str], Any] = str, *, default: str | None = None, secret: bool = False
) -> dict[str, Variable]:
    return {"variable": Variable(name, about, read, default, secret)}


def _integer(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError("must be one of " + ", ".join(words))
        return text

    return read


def _address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            raise ValueError("must be an address that begins with " + " or ".join(f"{each}://" for each in schemes))
        return text.rstrip("/")

    return read


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _networks(text: str) -> tuple[Network, ...]:
    made = []
    for part in _words(text):
        try:
            made.append(ipaddress.ip_network(part))
        except ValueError as error:
            raise ValueError(f"holds {part!r}, which is no CIDR network such as 127.0.0.0/8 ({error})") from error
    return tuple(made)


def _prices(text: str) -> dict[str, Price]:
    made: dict[str, Price] = {}
    for part in _words(text):
        model, _, amounts = part.rpartition("=")
        prompt, _, completion = amounts.partition("/")
        try:
            price = (Decimal(prompt), Decimal(completion))
        except InvalidOperation as error:
            raise ValueError(f"holds {part!r}; write model=prompt/completion, as in gpt-x=0.15/0.60") from error
        if not model or not all(each.is_finite() and each >= 0 for each in price):
            raise ValueError(f"holds {part!r}; write model=prompt/completion, as in gpt-x=0.15/0.60")
        made[model] = price
    return made


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("must be 32 bytes in base64url") from error
    if len(key) != secretbox.KEY_BYTES:
        raise ValueError(f"must be 32 bytes in base64url; this is {len(key)}")
    return key


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The server's settings. Each field says its variable, its unit where it has one, and its default. Empty text counts as not set."""

    data_dir: Path = field(
        default=Path(".data"),
        metadata=_variable("OPSIQ_DATA", "The folder for what the server keeps: the database file and the data key.", Path, default="./.data"),
    )  # fmt: skip
    database_url: str = field(
        default="",
        metadata=_variable(
            "OPSIQ_DATABASE_URL",
            "The database. PostgreSQL: `postgresql+asyncpg://user@host/name`, with as many server processes as you like.",
            _address("sqlite+aiosqlite", "postgresql+asyncpg"),
            default="sqlite+aiosqlite:///<data folder>/opsiq.db",
            secret=True,
        ),
    )
    host: str = field(default="127.0.0.1", metadata=_variable("OPSIQ_HOST", "The address to listen on."))
    port: int = field(
        default=8080, metadata=_variable("OPSIQ_PORT", "The port to listen on; 0 takes a free one.", _integer(0, 65535))
    )
    base_url: str = field(
        default="",
        metadata=_variable(
            "OPSIQ_BASE_URL",
            "The address people and platforms reach this server by, as it stands in links. With https, cookies are marked Secure.",
            _address("http", "https"),
            default="http://<host>:<port>",
        ),
    )
    given_data_key: bytes | None = field(
        default=None,
        repr=False,
        metadata=_variable(
            "OPSIQ_DATA_KEY",
            "The key that stored secrets are sealed with: 32 bytes in base64url. Keep a copy: without it, stored secrets are lost.",
            _key,
            default="made once and kept in <data folder>/data.key, mode 600",
            secret=True,
        ),
    )
    model: str = field(
        default="",
        metadata=_variable(
            "OPSIQ_MODEL",
            "The model that resolves requests, as LiteLLM names it (`openai/gpt-x`, `ollama/qwen3`). Empty: the built-in offline resolver.",
            default="empty",
        ),
    )
    model_url: str = field(
        default="",
        metadata=_variable(
            "OPSIQ_MODEL_URL", "The base address of an OpenAI-compatible server, where the model isn't at its provider's own.",
            _address("http", "https"), default="the provider's own",
        ),
    )  # fmt: skip
    model_key: str = field(
        default="",
        repr=False,
        metadata=_variable("OPSIQ_MODEL_KEY", "The model provider's key.", default="empty", secret=True),
    )
    model_mode: ModelMode = field(
        default="",
        metadata=_variable(
            "OPSIQ_MODEL_MODE",
            "How the closed set is imposed on the model: `json_schema` or `tools`. Empty: what fits the provider.",
            _one_of("json_schema", "tools"),
            default="empty",
        ),
    )
    model_timeout_s: int = field(
        default=30, metadata=_variable("OPSIQ_MODEL_TIMEOUT_S", "How long one model call may take, in seconds.", _integer(1, 600))
    )  # fmt: skip
    model_retries: int = field(
        default=1,
        metadata=_variable(
            "OPSIQ_MODEL_RETRIES", "How many more times a model is asked after an error of the network or the provider.", _integer(0, 5)
        ),
    )  # fmt: skip
    model_fallbacks: tuple[str, ...] = field(
        default=(),
        metadata=_variable(
            "OPSIQ_MODEL_FALLBACKS", "Models to ask, in order, when the first doesn't answer; a comma-separated list.", _words, default="none"
        ),
    )  # fmt: skip
    model_prices: Mapping[str, Price] = field(
        default_factory=dict,
        metadata=_variable(
            "OPSIQ_MODEL_PRICES",
            "US dollars a million tokens, for models LiteLLM has no price of: `model=prompt/completion`, comma-separated.",
            _prices,
            default="LiteLLM's own table",
        ),
    )
    allow_addresses: tuple[Network, ...] = field(
        default=(),
        metadata=_variable(
            "OPSIQ_ALLOW_ADDRESSES",
            "Private networks that action calls and webhooks may reach all the same, as CIDRs: `127.0.0.0/8,10.1.0.0/16`.",
            _networks,
            default="none: private, loopback and link-local addresses are refused",
        ),
    )
    question_expiry_s: int = field(
        default=3600,
        metadata=_variable(
            "OPSIQ_QUESTION_EXPIRY_S", "How long a question waits for its answer, in seconds. Cards expire as their contract says.",
            _integer(30, 604800),
        ),
    )  # fmt: skip
    session_idle_h: int = field(
        default=12,
        metadata=_variable("OPSIQ_SESSION_IDLE_H", "A console sign-in ends after this many hours without use.", _integer(1, 720)),
    )  # fmt: skip
    log_level: str = field(
        default="info",
        metadata=_variable("OPSIQ_LOG_LEVEL", "`debug`, `info`, `warning` or `error`.", _one_of("debug", "info", "warning", "error")),
    )  # fmt: skip
    workers: int = field(
        default=16,
        metadata=_variable("OPSIQ_WORKERS", "How many pieces of durable work one process does at once; 0 does none.", _integer(0, 1024)),
    )  # fmt: skip

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """The settings in ``environ``. Raises BadSetting for a value that can't be read and for an OPSIQ_… name that is no setting."""
        variables = {each.name: variable for each in fields(cls) for variable in [_of(each.metadata)]}
        names = [variable.name for variable in variables.values()]
        for name in sorted(environ):
            if name.startswith(_PREFIX) and name not in names and name not in SDK_VARIABLES:
                raise BadSetting(_unknown(name, names), extra={"setting": name})
        given: dict[str, Any] = {}
        for field_name, variable in variables.items():
            text = environ.get(variable.name, "").strip()
            if not text:
                continue
            try:
                given[field_name] = variable.read(text)
            except ValueError as error:
                shown = "" if variable.secret else f" (it is {text!r})"
                raise BadSetting(f"{variable.name} {error}{shown}.", extra={"setting": variable.name}) from error
        made = cls(**given)
        defaults = {
            "database_url": made.database_url or f"sqlite+aiosqlite:///{made.data_dir / 'opsiq.db'}",
            "base_url": made.base_url or f"http://{made.host}:{made.port}",
        }
        return cls(**(given | defaults))

    @cached_property
    def data_key(self) -> bytes:
        """The data key: the one given, else the one in the data folder, made there on first use with mode 600.

        Two processes that start at once end with the same key. Raises BadSetting for a file that others may read or that holds no key.
        """
        return self.given_data_key if self.given_data_key is not None else _kept_key(self.data_dir / "data.key")


def _of(metadata: Mapping[str, Any]) -> Variable:
    return cast(Variable, metadata["variable"])


def _unknown(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    mend = f"Did you mean {near[0]}?" if near else "All settings are listed in docs/reference/settings.md."
    return f"{name} is no setting. {mend}"


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        text = base64.urlsafe_b64encode(secretbox.new_key()).decode("ascii").rstrip("=")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, this never replaces the key another process has just put there
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise BadSetting(f"{path} may be read by others. Run: chmod 600 {path}", extra={"setting": "OPSIQ_DATA_KEY"})
    try:
        return _key(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise BadSetting(f"{path} {error}. Restore it from a copy.", extra={"setting": "OPSIQ_DATA_KEY"}) from error


def reference() -> str:
    """The settings page, in Markdown."""
    lines = [
        "# Settings",
        "",
        "Settings come from the environment and are read once, at start. A name that begins with `OPSIQ_` and is none of these stops the",
        "start with a suggestion, so that a slip of the pen is not silently the default. Empty counts as not set.",
        f"{', '.join(f'`{name}`' for name in sorted(SDK_VARIABLES))} belong to the SDKs and are left alone.",
        "",
        "| variable | default | what it does |",
        "| --- | --- | --- |",
    ]
    for each in fields(Settings):
        variable = _of(each.metadata)
        default = variable.default if variable.default is not None else f"`{each.default}`"
        about = variable.about + (" A secret: never logged." if variable.secret else "")
        lines.append(f"| `{variable.name}` | {default} | {about} |")
    lines += ["", "This page is made by `python -m core.settings`; a test compares the two.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
