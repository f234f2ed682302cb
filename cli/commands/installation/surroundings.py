"""Surroundings of a server, as ``opsiq doctor`` finds them: its data folder and disk, Redis, NATS and the model."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from cli.data_folder import find_file

if TYPE_CHECKING:
    from core.settings import Settings

ASK_S: Final = 30
CONNECT_S: Final = 5
LEAST_FREE_BYTES: Final = 2 * 1024 * 1024
FEW_FREE_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One finding. ``detail`` says what is, and where it is not ok what to do."""

    state: Literal["ok", "warn", "fail"]
    about: str
    detail: str


def check_folder(folder: Path) -> Finding:
    """The data folder itself. A failure means that nothing in it can be looked at."""
    if not folder.exists():
        return Finding("warn", "settings", f"{folder} does not exist yet; the first start makes it (OPSIQ_DATA).")
    if not folder.is_dir():
        return Finding("fail", "settings", f"{folder} is no folder. Set OPSIQ_DATA to the server's data folder.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        mend = "Run this as the user that the server runs as, or set OPSIQ_DATA to a folder of yours."
        return Finding("fail", "settings", f"{folder} can't be used by this user. {mend}")
    if os.name == "posix" and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding("warn", "settings", f"{folder} may be read by others. Run: chmod 700 {folder}")
    return Finding("ok", "settings", f"read; data folder {folder}")


def measure_free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def check_disks(settings: Settings, measure: Callable[[Path], int] = measure_free_bytes) -> list[Finding]:
    """Disks of the data folder and of a SQLite database that have little or no room left."""
    folders = [settings.data_dir]
    if settings.database_url.startswith("sqlite"):
        folders.append(find_file(settings).parent)
    there = dict.fromkeys(each.resolve() for each in folders if each.is_dir())
    disks = {folder.stat().st_dev: folder for folder in reversed(there)}
    found = [(folder, measure(folder)) for folder in disks.values()]
    return [_tell_free(folder, free) for folder, free in found if free < FEW_FREE_BYTES]


def _tell_free(folder: Path, free: int) -> Finding:
    left = f"The disk of {folder} has {free / 1024 / 1024:.1f} MB left"
    if free < LEAST_FREE_BYTES:
        return Finding("fail", "disk", f"{left}: nothing more can be stored. Free some space there.")
    return Finding("warn", "disk", f"{left}. Free some space there before nothing more can be stored.")


async def check_nats(settings: Settings) -> Finding | None:
    if not settings.nats_url:
        return None
    try:
        import nats
        import nats.errors
    except ImportError:
        return Finding("fail", "nats", "OPSIQ_NATS_URL needs the NATS client: pip install 'opsiq-server[nats]'.")

    failed: list[str] = []

    async def note(error: Exception) -> None:
        failed.append(type(error).__name__)

    opening = nats.connect(settings.nats_url, connect_timeout=CONNECT_S, allow_reconnect=False, error_cb=note)
    try:
        client = await asyncio.wait_for(opening, CONNECT_S)  # by itself it begins again and again
    except (nats.errors.Error, OSError, TimeoutError) as error:
        why = f"It does not answer ({(failed or [type(error).__name__])[-1]}): check OPSIQ_NATS_URL"
        return Finding("warn", "nats", f"{why}. Until it does, deliveries are claimed from the database.")
    try:
        await client.jetstream(timeout=CONNECT_S).account_info()
    except (nats.errors.Error, OSError, TimeoutError) as error:
        return Finding("warn", "nats", f"It answers, but not as JetStream ({type(error).__name__}): start it with -js.")
    finally:
        await client.close()
    return Finding("ok", "nats", "answers, with JetStream")


async def check_redis(settings: Settings) -> Finding | None:
    if not settings.redis_url:
        return None
    try:
        import redis.asyncio
        import redis.exceptions
    except ImportError:
        return Finding("fail", "redis", "OPSIQ_REDIS_URL needs the Redis driver: pip install 'opsiq-server[redis]'.")
    client = redis.asyncio.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    try:
        await client.ping()
    except (redis.exceptions.RedisError, OSError) as error:
        return Finding("fail", "redis", f"It does not answer ({type(error).__name__}): check OPSIQ_REDIS_URL.")
    finally:
        await client.aclose()
    return Finding("ok", "redis", "answers")


async def check_model(settings: Settings) -> Finding | None:
    """One small question, as resolving asks it: the address, the key and the mode are those that count."""
    if not settings.model:
        return Finding("ok", "model", "none set: the offline resolver")
    from pydantic import BaseModel, ConfigDict

    from agent.resolve.model.client import ModelClient
    from core.errors import OpsIQError

    class Pulse(BaseModel):
        model_config = ConfigDict(extra="forbid")

        answer: Literal["yes"]

    once = replace(settings, model_timeout_s=min(settings.model_timeout_s, ASK_S), model_retries=0, model_fallbacks=())
    client = ModelClient(once)
    ask: Callable[..., Awaitable[Any]] = client.complete
    try:
        done = await ask([{"role": "user", "content": 'Answer with {"answer": "yes"}.'}], Pulse, max_tokens=20)
    except OpsIQError as error:
        return Finding("fail", "model", error.detail)
    return Finding("ok", "model", f"{done.model} answers in {done.duration_ms:.0f} ms ({done.mode})")
