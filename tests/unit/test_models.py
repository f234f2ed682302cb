"""Models that are built when they are first used."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from pydantic import BaseModel

ROOMS = ("agent", "app", "core", "evals", "events", "executors", "prompts", "registry", "store", "web")
MODULES = ("agent.planning.reading_worker", "app.container", "evals.report.report_parser", "web.app")


def test_every_model_knows_its_fields_once_its_module_is_read() -> None:
    """Built later, a name that its module defines further down would be looked up where the model is first used."""
    for name in MODULES:
        importlib.import_module(name)
    ours = [each for each in models(BaseModel) if each.__module__.partition(".")[0] in ROOMS]
    assert [f"{each.__module__}.{each.__name__}" for each in ours if not each.__pydantic_fields_complete__] == []


def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in base.__subclasses__():
        yield each
        yield from models(each)
