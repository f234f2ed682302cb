"""Stub writer: ``opsiq_connector/__init__.pyi`` from the sources of ``registry.interface``, docstrings and all.

    python sdks/connector/scripts/write_stubs.py

What the interface exports is written out with every type that its signatures name. Of what is read from a document
(pydantic models) only the plain attributes are told; a server's inner types are ``Any``.
"""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[3]
STUBS: Final = ROOT / "sdks/connector/src/opsiq_connector/__init__.pyi"
_ROOMS: Final = ("core", "registry")
_HEAD: Final = '''"""{doc}"""

# Written by scripts/write_stubs.py from registry/interface.py. Don't edit it.

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol

'''
_KNOWN: Final = frozenset(re.findall(r"\w+", _HEAD.partition("from collections")[2]))
_MODELS: Final = frozenset(("BaseModel", "_Frozen", "_Strict"))


@cache
def read_module(name: str) -> ast.Module:
    base = ROOT / name.replace(".", "/")
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def find(module: str, name: str) -> tuple[str, ast.stmt] | None:
    """The module and statement that define a name, through whatever imports it."""
    body = list(read_module(module).body)
    for each in body:
        if isinstance(each, ast.If):  # TYPE_CHECKING
            body += each.body
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return module, node
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return module, node
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return module, node
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _ROOMS:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return find(str(node.module), alias.name)
    return None


class Writer:
    """``made`` are the statements by name, each after what it needs."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        self._under_way: set[str] = set()

    def add(self, module: str, name: str) -> bool:
        """Whether a name is known in the stubs, written out now where it was not yet."""
        if name in _KNOWN or name in self.made or name in self._under_way or hasattr(builtins, name):
            return True
        found = find(module, name)
        if found is None:
            return False
        self._under_way.add(name)
        text = self._write(*found)
        self._under_way.discard(name)
        if text is not None:
            self.made[name] = text
        return text is not None

    def _write(self, module: str, node: ast.stmt) -> str | None:
        match node:
            case ast.ClassDef():
                return ast.unparse(self._class(module, node))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return ast.unparse(self._function(module, node))
            case ast.AnnAssign(target=ast.Name(id=name)):
                return f"{name}: Final[str]"
            case ast.Assign(targets=[ast.Name(id=name)]):
                made = self._type(module, node.value)
                return (
                    None
                    if any(isinstance(each, ast.Call) for each in ast.walk(made))
                    else f"{name} = {ast.unparse(made)}"
                )
        return None

    def _class(self, module: str, node: ast.ClassDef) -> ast.ClassDef:
        bases = [each for each in node.bases if isinstance(each, ast.Name)]
        model = any(each.id in _MODELS for each in bases)
        kept = [each for each in bases if each.id not in _MODELS and self.add(module, each.id)]
        body: list[ast.stmt] = [node.body[0]] if ast.get_docstring(node) else []
        for each in node.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and self._is_public(each):
                body += self._given(module, each) if each.name == "__init__" else []
                body.append(self._function(module, each))
            elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                if each.target.id.startswith("_") or each.target.id.endswith("_"):
                    continue
                value = ast.Constant(...) if each.value is not None and not model else None
                body.append(ast.AnnAssign(each.target, self._type(module, each.annotation), value, 1))
            elif isinstance(each, ast.Assign) and not ast.unparse(each).startswith("_") and not model:
                body.append(each)
        decorators = [each for each in node.decorator_list if "dataclass" in ast.unparse(each)]
        made = ast.ClassDef(node.name, list[ast.expr](kept), [], body or [ast.Expr(ast.Constant(...))], decorators)
        return ast.fix_missing_locations(made)

    def _given(self, module: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.stmt]:
        """The attributes that are what ``__init__`` was given."""
        types = {each.arg: each.annotation for each in (*node.args.args, *node.args.kwonlyargs)}
        for each in node.body:
            match each:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=ast.Name(id=given)
                ):
                    told = types.get(given)
                    if not name.startswith("_") and told is not None:
                        yield ast.AnnAssign(ast.Name(name), self._type(module, told), None, 1)

    def _is_public(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        validates = any("valid" in ast.unparse(each) or "serial" in ast.unparse(each) for each in node.decorator_list)
        return (not node.name.startswith("_") or node.name == "__init__") and not validates

    def _function(
        self, module: str, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> ast.FunctionDef | ast.AsyncFunctionDef:
        made = ast.parse(ast.unparse(node)).body[0]
        assert isinstance(made, ast.FunctionDef | ast.AsyncFunctionDef)
        told = made.args
        for each in (*told.posonlyargs, *told.args, *told.kwonlyargs, *filter(None, (told.vararg, told.kwarg))):
            each.annotation = self._type(module, each.annotation) if each.annotation is not None else None
        told.defaults = [ast.Constant(...) for _ in told.defaults]
        told.kw_defaults = [ast.Constant(...) if each is not None else None for each in told.kw_defaults]
        made.returns = self._type(module, made.returns) if made.returns is not None else None
        made.body = [made.body[0]] if ast.get_docstring(made) else [ast.Expr(ast.Constant(...))]
        return made

    def _type(self, module: str, node: ast.expr) -> ast.expr:
        """An annotation in which what the stubs don't know is ``Any``."""
        writer = self

        class Names(ast.NodeTransformer):
            def visit_Name(self, name: ast.Name) -> ast.expr:
                return name if writer.add(module, name.id) else ast.Name("Any")

            def visit_Subscript(self, each: ast.Subscript) -> ast.expr:
                head = each.value.id if isinstance(each.value, ast.Name) else ""
                if head == "Annotated" and isinstance(each.slice, ast.Tuple):
                    return self.visit(each.slice.elts[0])  # type: ignore[no-any-return]
                if head == "Literal":
                    return each
                return self.generic_visit(each)  # type: ignore[return-value]

            def visit_Attribute(self, _each: ast.Attribute) -> ast.expr:
                return ast.Name("Any")

        made = Names().visit(ast.parse(ast.unparse(node), mode="eval").body)
        assert isinstance(made, ast.expr)
        return made


def list_exports() -> Iterator[str]:
    for node in read_module("registry.interface").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            yield from ast.literal_eval(node.value)


def write() -> str:
    writer, exports = Writer(), list(list_exports())
    aliases = {
        alias.asname: alias.name
        for node in read_module("registry.interface").body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None and alias.asname != alias.name
    }
    for name in exports:
        own = aliases.get(name)
        if own is None:
            writer.add("registry.interface", name)
        else:
            found = find("registry.interface", name)
            assert isinstance(found[1], ast.FunctionDef) if found is not None else False
            found[1].name = name  # type: ignore[index,union-attr]
            writer.made[name] = writer._write(*found) or ""  # type: ignore[misc]
    missing = [name for name in exports if name not in writer.made]
    if missing:
        raise SystemExit(f"No stubs can be written for {', '.join(missing)}.")
    doc = ast.get_docstring(read_module("registry.interface"), clean=False) or ""
    listed = "__all__ = [\n" + "".join(f'    "{each}",\n' for each in exports) + "]\n"
    text = _HEAD.format(doc=doc) + listed + "\n" + "\n\n".join(writer.made.values()) + "\n"
    ruff = Path(sys.executable).with_name("ruff")
    made = subprocess.run(  # noqa: S603 - our own formatter
        [ruff, "format", "-q", "--stdin-filename", STUBS.name, "-"],
        input=text, text=True, check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
    return made.stdout


if __name__ == "__main__":
    STUBS.write_text(write(), encoding="utf-8")
