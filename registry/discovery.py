"""Connector discovery: finds folders with one class or one ``connector.json`` at start, without a list.

They come from three places: the folders of the package ``connectors``, the folders in ``OPSIQ_CONNECTORS``, and
installed distributions with an entry point in the group ``opsiq.connectors``. Their code runs, and only owners of the
installation put it there. One that fails is reported and affects no other.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from core.errors import InvalidInput
from registry import interface
from registry.connector import Connector
from registry.declarative.connector import FILE, DeclarativeConnector, read_connector
from registry.declarative.lint import lint_folder
from registry.declarative.linted_digests import digest_documents, read_linted_digests
from registry.linting.linter import is_advice

GROUP: Final = "opsiq.connectors"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DROPPED: Final = "opsiq_dropped_connectors"
_ALIAS: Final = "opsiq_connector"


@dataclass(frozen=True, slots=True)
class DiscoveredConnector:
    """A connector that loads. ``name`` is its folder's and its class's, ``title`` what people read, ``place`` where it
    was found."""

    name: str
    title: str
    cls: type[Connector]
    place: str = ""


@dataclass(frozen=True, slots=True)
class BrokenConnector:
    """A folder that is not a working connector, and why, in a clause that fits after its name."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


Found = DiscoveredConnector | BrokenConnector


def discover(
    package: str = "connectors", *, folders: Sequence[Path] = (), installed: Iterable[EntryPoint] | None = None
) -> tuple[list[DiscoveredConnector], list[BrokenConnector]]:
    """Finds the connectors in the folders of the importable package ``package``, in ``folders``, and those that
    ``installed`` entry points name (by default, none); both lists are sorted by name.

    Each subfolder that is a Python package or has a ``connector.json`` (unless its name begins with ``_`` or ``.``)
    holds exactly one subclass of ``Connector``, in its ``__init__`` or any module of it that does not begin with ``_``,
    whose ``name`` is the folder's; or a ``connector.json`` of that name. Of two with one name the first is used, and
    the second reported.
    """
    _offer_interface()
    found: dict[str, DiscoveredConnector] = {}
    broken: list[BrokenConnector] = []
    for each in (*_find_packaged(package), *_find_dropped(folders), *_find_installed(installed or ())):
        if isinstance(each, BrokenConnector):
            broken.append(each)
        elif each.name in found:
            why = f"there is another connector of that name, in {found[each.name].place}; this one is in {each.place}"
            broken.append(BrokenConnector(each.name, why))
        else:
            found[each.name] = each
    return sorted(found.values(), key=lambda each: each.name), sorted(broken, key=lambda each: each.name)


def list_entry_points() -> Sequence[EntryPoint]:
    """The entry points of installed distributions that name connectors. Cached for each search path, because it reads
    all installed metadata."""
    return _find_entry_points(tuple(sys.path))


@lru_cache(maxsize=1)
def _find_entry_points(_path: tuple[str, ...]) -> Sequence[EntryPoint]:
    return tuple(entry_points(group=GROUP))


def _offer_interface() -> None:
    """Lets connectors import ``opsiq_connector`` even if its distribution isn't installed beside the server."""
    if _ALIAS not in sys.modules and importlib.util.find_spec(_ALIAS) is None:
        sys.modules[_ALIAS] = interface


def _find_packaged(package: str) -> Iterator[Found]:
    """Finds OpsIQ's own connectors. Only here are connectors that were linted before not linted again."""
    roots = importlib.import_module(package).__path__
    for path in sorted({path for root in roots for path in Path(root).iterdir()}):
        if _is_candidate(path):
            place = f"the folder {path.name} of {package}"
            yield _look(path.name, place, path, f"{package}.{path.name}", digests=path.parent)


def _find_dropped(folders: Sequence[Path]) -> Iterator[Found]:
    """A folder of connectors, or a connector's own folder."""
    for folder in folders:
        if not folder.is_dir():
            yield BrokenConnector(folder.name or str(folder), f"{folder} (OPSIQ_CONNECTORS) is no folder")
            continue
        own = (folder / FILE).is_file()
        for path in [folder] if own else sorted(folder.iterdir()):
            if own or _is_candidate(path):
                yield _look(path.name, str(path), path, None)


def _find_installed(points: Iterable[EntryPoint]) -> Iterator[Found]:
    for point in sorted(points, key=lambda each: each.name):
        place = f"the distribution {point.dist.name}" if point.dist is not None else point.value
        try:
            loaded = point.load()
        except (Exception, SystemExit) as error:
            yield BrokenConnector(point.name, f"{place} can't be imported ({_explain(error)})")
            continue
        if isinstance(loaded, ModuleType):
            path = Path(loaded.__file__ or "").parent
            yield _look(point.name, place, path, loaded.__name__)
        else:
            yield _judge(point.name, [loaded] if isinstance(loaded, type) else [], place)


def _is_candidate(path: Path) -> bool:
    """Whether a folder may be a connector. One with neither a document nor a Python package is none: a folder of data
    may lie beside connectors."""
    named = path.is_dir() and not path.name.startswith(("_", "."))
    return named and ((path / FILE).is_file() or (path / "__init__.py").is_file())


def _look(name: str, place: str, path: Path, dotted: str | None, *, digests: Path | None = None) -> Found:
    """Inspects a folder. ``dotted`` is its importable package name, or None for a folder elsewhere. ``digests`` is the
    folder of trusted digests of linted documents. Connectors of others have none."""
    if not _NAME.fullmatch(name):
        return BrokenConnector(name, "a connector's folder is named in lower-case letters, digits and underscores")
    coded, declared = _has_code(path), (path / FILE).is_file()
    classes: Sequence[type[Connector]] = ()
    if coded or not declared:
        try:
            classes = _list_classes(dotted if dotted is not None else _import_folder(path))
        except (Exception, SystemExit) as error:
            return BrokenConnector(name, f"it can't be imported ({_explain(error)})")
    if not classes and declared:
        return _load_declared(name, place, path, digests)
    return _judge(name, classes, place)


def _load_declared(name: str, place: str, path: Path, digests: Path | None) -> Found:
    try:
        state = tuple((each.name, each.stat().st_mtime_ns, each.stat().st_size) for each in sorted(path.iterdir()))
    except OSError as error:
        return BrokenConnector(name, f"{path} can't be read ({error.strerror})")
    return _read_declared(name, place, path, digests, state)


@lru_cache(maxsize=64)
def _read_declared(
    name: str, place: str, path: Path, digests: Path | None, _state: tuple[tuple[str, int, int], ...]
) -> Found:
    """Reads a declared connector. Its documents are linted once, until a file of the folder changes (``_state``).
    Shipped ones that are unchanged since they were linted by these rules (``digests``) are not linted: that would take
    longer than the rest of a start."""
    linted = digests is not None and read_linted_digests(digests).get(name) == digest_documents(path)
    findings = [] if linted else [each for each in lint_folder(path) if not is_advice(each)]
    if findings:
        more = f" and {len(findings) - 1} more" if len(findings) > 1 else ""
        return BrokenConnector(name, f"its {FILE} has a fault: {findings[0]}{more}; run opsiq connectors check {path}")
    try:
        cls = read_connector(path)
    except InvalidInput as error:
        return BrokenConnector(name, error.detail)
    return DiscoveredConnector(name, cls.title or name, cls, place)


def _judge(name: str, classes: Sequence[Any], place: str) -> Found:
    good = [each for each in classes if isinstance(each, type) and issubclass(each, Connector)]
    if len(good) != 1:
        held = ", ".join(sorted(each.__qualname__ for each in good))
        if not good:
            return BrokenConnector(name, f"it holds no class that extends Connector, and no {FILE}")
        return BrokenConnector(name, f"it holds {len(good)} connectors ({held}); one folder, one class")
    (cls,) = good
    if cls.name != name:
        return BrokenConnector(name, f"its class {cls.__qualname__} is named {cls.name!r}; set name = {name!r}")
    if why := interface.explain_unfit(cls.interface):
        return BrokenConnector(name, why)
    return DiscoveredConnector(name, cls.title or name, cls, place)


def _has_code(path: Path) -> bool:
    return any(each.suffix == ".py" for each in path.iterdir())


def _import_folder(path: Path) -> str:
    """Imports a folder from anywhere, under a name of its own. Returns the name."""
    if _DROPPED not in sys.modules:
        parent = ModuleType(_DROPPED)
        parent.__path__ = []
        sys.modules[_DROPPED] = parent
    dotted = f"{_DROPPED}.{path.name}"
    first = path / "__init__.py"
    spec = importlib.util.spec_from_file_location(dotted, first, submodule_search_locations=[str(path)])
    if spec is None or spec.loader is None or not first.is_file():
        raise ImportError(f"there is no {first}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[dotted] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[dotted]
        raise
    return dotted


def _list_classes(dotted: str) -> Sequence[type[Connector]]:
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
                and value is not DeclarativeConnector
                and (value.__module__ == dotted or value.__module__.startswith(f"{dotted}."))
            ):
                classes[value] = None
    # A class that others in the folder extend is their base, not a connector.
    return [each for each in classes if not any(other is not each and issubclass(other, each) for other in classes)]


def _explain(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
