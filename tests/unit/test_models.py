"""Models that are built when they are first used."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator

from pydantic import BaseModel

ROOMS = ("agent", "app", "core", "evals", "events", "executors", "prompts", "registry", "store", "web")
MODULES = ("agent.planning.reading_worker", "app.container", "evals.report.report_parser", "web.app")


def test_every_model_knows_its_fields_once_its_module_is_read() -> None:
    """Built later, a name that its module defines further down would be looked up where the model is first used. In a
    process of its own, where no other test has used one."""
    command = [sys.executable, "-c", f"from {__name__} import print_incomplete; print_incomplete()"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["read"]


def print_incomplete() -> None:
    """Prints the models that don't know their fields after their modules were read, and then "read"."""
    for name in MODULES:
        importlib.import_module(name)
    ours = [each for each in models(BaseModel) if each.__module__.partition(".")[0] in ROOMS]
    for each in ours:
        if not each.__pydantic_fields_complete__:
            sys.stdout.write(f"{each.__module__}.{each.__name__}\n")
    sys.stdout.write("read\n" if ours else "")


def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in base.__subclasses__():
        yield each
        yield from models(each)
