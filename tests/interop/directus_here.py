"""Directus, from the npm registry, with PostgreSQL. Its one native module is compiled against a Node of its own."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.store import contrib
from tests.interop.directus_seed import seed
from tests.interop.installation import CACHE, ENVIRONMENTS, Platform, call, free_port, once, process

PINS = ENVIRONMENTS / "directus"
NODE = "22.23.3"
"""The newest line that isolated-vm 5 compiles on."""
TOKEN = "static-token-of-the-interop-user"


class Directus:
    name = "directus"

    def __init__(self) -> None:
        self._home = CACHE / "directus"
        system = platform.system().lower()
        arch = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        self._node_package = f"node-{system}-{arch}"
        self._node = self._home / "node" / "node_modules" / self._node_package

    def install(self) -> None:
        once(self._home, [PINS / "package.json", PINS / "package-lock.json"], self._make)

    def _make(self) -> None:
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        (self._home / "node").mkdir()
        node = ["npm", "install", "--prefix", self._home / "node", *quiet, "--ignore-scripts"]
        call([*node, f"{self._node_package}@{NODE}"])
        for each in ("package.json", "package-lock.json"):
            shutil.copy(PINS / each, self._home)
        call(["npm", "ci", "--ignore-scripts", "--legacy-peer-deps", *quiet], cwd=self._home)
        modules = self._home / "node_modules"
        build = [self._node / "bin" / "node", modules / "node-gyp" / "bin" / "node-gyp.js", "rebuild", "--release"]
        call([*build, "-j", "2", f"--nodedir={self._node}"], cwd=modules / "isolated-vm", env=self._environ())

    def _environ(self) -> dict[str, str]:
        path = f"{self._node / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self._home)}

    @contextmanager
    def running(self, folder: Path) -> Iterator[Platform]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with contrib.running() as database:
            database.database(user="postgres")
            environ = self._environ() | {
                "DB_CLIENT": "pg", "DB_HOST": str(database.folder), "DB_PORT": "5432", "DB_PASSWORD": "none",
                "DB_DATABASE": "t1", "DB_USER": "postgres",
                "KEY": "interop", "SECRET": "of this run alone, and of no worth to anybody",
                "ADMIN_EMAIL": "owner@example.org", "ADMIN_PASSWORD": "of this run alone", "ADMIN_TOKEN": TOKEN,
                "PUBLIC_URL": url, "HOST": "127.0.0.1", "PORT": str(port), "NODE_ENV": "production",
                "TELEMETRY": "false", "SERVE_APP": "false", "WEBSOCKETS_ENABLED": "false",
                "IMPORT_IP_DENY_LIST": "", "PRESSURE_LIMITER_ENABLED": "false",
                "STORAGE_LOCAL_ROOT": str(folder / "uploads"),
                "EXTENSIONS_PATH": str(folder / "extensions"),
            }  # fmt: skip
            cli = [self._node / "bin" / "node", self._home / "node_modules" / "directus" / "cli.js"]
            for each in ("uploads", "extensions"):
                (folder / each).mkdir()
            call([*cli, "bootstrap"], env=environ, cwd=folder)
            with process([*cli, "start"], f"{url}/server/ping", folder / "log", environ, folder):
                seed(url, TOKEN)
                yield Platform(
                    "directus", url, url, {"type": "bearer", "token": TOKEN}, {}, ("Authorization", f"Bearer {TOKEN}")
                )
