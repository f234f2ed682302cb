"""Data folder of this terminal: whether a database is in it, and what to say where none is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.errors import BadSetting
from core.settings import Settings

DEMO: Final = ".data/demo"
DEMO_MARK: Final = "demo.json"
"""File that only a demo's folder has."""
LOOPBACK: Final = "127.0.0.0/8,::1/128"
"""Addresses that the demo's server may reach: its platform is on this machine."""
NO_DATABASE: Final = "There is none yet. `opsiq init` (or the first `opsiq serve`) makes it."
DEMO_ONLY: Final = f"There is none of your own yet; the demo's is in {DEMO} (OPSIQ_DATA={DEMO})."


def is_beside_demo() -> bool:
    """Whether the demo's folder is here, and no folder was named."""
    return "OPSIQ_DATA" not in os.environ and (Path(DEMO) / DEMO_MARK).exists()


def load_settings_here(environ: Mapping[str, str]) -> Settings:
    """The settings, with the demo's folder where nothing names another one, none has a database here, and the demo is:
    what `opsiq ask` does too."""
    settings = Settings.load(environ)
    named = "OPSIQ_DATABASE_URL" in environ or has_database(settings) or is_lost(settings)
    return settings if named or not is_beside_demo() else Settings.load({**environ, "OPSIQ_DATA": DEMO})


def has_database(settings: Settings) -> bool:
    """Whether there is a database to look into. For SQLite that is a file, which opening it would make."""
    return not settings.database_url.startswith("sqlite") or find_file(settings).exists()


def find_file(settings: Settings) -> Path:
    """The file of a SQLite database: its address without scheme and options."""
    return Path(settings.database_url.partition(":///")[2].partition("?")[0])


def explain_missing(settings: Settings) -> str:
    """What is said of a database that is not there."""
    if is_lost(settings):
        return (
            f"{find_file(settings)} is gone: {settings.sealed_file} says that there was a database. Put it back, or "
            f"restore a backup (`opsiq restore`). To start over without its data, remove {settings.sealed_file}."
        )
    return DEMO_ONLY if is_beside_demo() else NO_DATABASE


def is_lost(settings: Settings) -> bool:
    """Whether the database is not there, and was: the folder's mark of a sealed one is left."""
    return not has_database(settings) and settings.sealed_file.exists()


def refuse_lost_database(settings: Settings) -> None:
    """Raises BadSetting where an empty database would take the place of one that is lost."""
    if is_lost(settings):
        raise BadSetting(explain_missing(settings))
