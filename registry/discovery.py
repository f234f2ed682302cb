"""Connector discovery: a folder with one class is found at start, without a list."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from registry.connector import Connector

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class DiscoveredConnector:
    """A connector that loads. ``name`` is its folder's and its class's, ``title`` what people read."""

    name: str
    title: str
    cls: type[Connector]


@dataclass(frozen=True, slots=True)
class BrokenConnector:
    """A folder that is not a working connector, and why, in a clause that fits after its name."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


def discover(package: str = "connectors") -> tuple[list[DiscoveredConnector], list[BrokenConnector]]:
    """Finds the connectors in the folders of the importable package ``package``; both lists are sorted by name.

    Each subfolder (unless its name begins with ``_`` or ``.``) holds exactly one subclass of ``Connector``, in its
    ``__init__`` or any module of it that does not begin with ``_``, whose ``name`` is the folder's. One that fails, in
    whatever way, is reported and affects no other. Code in these folders runs: only owners put it there.
    """
    found: list[DiscoveredConnector] = []
    broken: list[BrokenConnector] = []
    folders = {path for root in importlib.import_module(package).__path__ for path in Path(root).iterdir()}
    for path in sorted(folders):
        if not path.is_dir() or path.name.startswith(("_", ".")):
            continue
        one = _look(path.name, package)
        if isinstance(one, DiscoveredConnector):
            found.append(one)
        else:
            broken.append(one)
    return found, broken


def _look(name: str, package: str) -> DiscoveredConnector | BrokenConnector:
    if not _NAME.fullmatch(name):
        return BrokenConnector(name, "a connector's folder is named in lower-case letters, digits and underscores")
    try:
        classes = _classes(f"{package}.{name}")
    except (Exception, SystemExit) as error:
        return BrokenConnector(name, f"it can't be imported ({type(error).__name__}: {str(error)[:300]})")
    if not classes:
        return BrokenConnector(name, "it holds no class that extends registry.connector.Connector")
    if len(classes) > 1:
        held = ", ".join(sorted(each.__qualname__ for each in classes))
        return BrokenConnector(name, f"it holds {len(classes)} connectors ({held}); one folder, one class")
    (cls,) = classes
    if cls.name != name:
        return BrokenConnector(name, f"its class {cls.__qualname__} is named {cls.name!r}; set name = {name!r}")
    return DiscoveredConnector(name, cls.title or name, cls)


def _classes(dotted: str) -> Sequence[type[Connector]]:
    package = importlib.import_module(dotted)
    modules: list[ModuleType] = [package]
    modules += [
        importlib.import_module(f"{dotted}.{each.name}")
        for each in pkgutil.iter_modules(getattr(package, "__path__", ()))
        if not each.name.startswith("_")
    ]
    classes: dict[type[Connector], None] = {}
    for module in modules:
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Connector)
                and (value.__module__ == dotted or value.__module__.startswith(f"{dotted}."))
            ):
                classes[value] = None
    # A class that others in the folder extend is their base, not a connector of its own.
    return [each for each in classes if not any(other is not each and issubclass(other, each) for other in classes)]
