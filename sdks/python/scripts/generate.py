"""Writes what is made of something else: ``types.py`` of the server's OpenAPI document, ``_sync.py`` and
``_sync_resources.py`` of their asynchronous twins.

    python sdks/python/scripts/generate.py            from the repository's root, in its .venv
    python sdks/python/scripts/generate.py --check    exits 1 where a file is not what would be written

tests/test_generated.py runs the second, so that neither drifts.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SDK = Path(__file__).resolve().parents[1]
SOURCE = SDK / "src" / "opsiq"
USED = re.compile(
    r"actions|connectors|contracts\.(listed|get|register|retire|versions)|customers|deliveries|events\.(fire|listed|one_type|show|types)|me|runs|tickets|tools|webhooks"
)
"""The operations whose answers are typed."""
KEPT = ("SpanView",)
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_HEAD = '''"""What the server answers. Made of its OpenAPI document by scripts/generate.py; don't change it by hand.

Times are ISO 8601 text. A newer server may answer members and states that are not listed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Optional, Union
'''


def types(document: Mapping[str, Any], catalogue: Mapping[str, Any]) -> str:
    """The module of the answers' types: frozen dataclasses in alphabetical order."""
    schemas = document["components"]["schemas"]
    wanted: set[str] = set()
    waiting = [name for operation in _operations(document) for name in _named(operation["responses"])]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += _references(schemas[name])
    classes = [_class(name, schemas[name]) for name in sorted(wanted, key=short)]
    return "\n\n".join([_HEAD + event_names(catalogue), *classes]) + "\n"


def event_names(catalogue: Mapping[str, Any]) -> str:
    """The universal events' names as a type: completion offers them. What only OpsIQ publishes is a type of its own."""
    groups: dict[str, list[str]] = {"EventName": [], "OwnEventName": []}
    for name, event in catalogue.items():
        groups["OwnEventName" if event.category == "opsiq" else "EventName"].append(name)
    about = {
        "EventName": "The universal events (docs/reference/events.md). Names of your own are welcome beside them.",
        "OwnEventName": "What OpsIQ itself publishes: to subscribe to, never to fire.",
    }
    return "".join(
        f'{kind} = Literal[{", ".join(map(repr, names))}]\n"""{about[kind]}"""\n' for kind, names in groups.items()
    )


def short(schema: str) -> str:
    """``RunView`` is a ``Run`` here; ``SpanView`` stays, since there is a ``Span`` too."""
    return schema if schema in KEPT else schema.removesuffix("View")


def _operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for operations in document["paths"].values():
        for operation in operations.values():
            if USED.fullmatch(operation["operationId"]) or USED.fullmatch(operation["operationId"].partition(".")[0]):
                yield operation


def _named(responses: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in responses.items():
        if status.startswith("2"):
            yield from _references(answer.get("content", {}))


def _references(schema: Any) -> list[str]:
    return [each.rpartition("/")[2] for each in re.findall(r"#/components/schemas/\w+", json.dumps(schema))]


def _class(name: str, schema: Mapping[str, Any]) -> str:
    lines = ["@dataclass(frozen=True)", f"class {short(name)}:"]
    if about := schema.get("description"):
        lines += [f'    """{about}"""'.replace("\n", "\n    "), ""]
    required = set(schema.get("required", ()))
    fields = sorted(schema.get("properties", {}).items(), key=lambda each: each[0] not in required)
    for member, each in fields:
        assert not keyword.iskeyword(member), member
        kind = _kind(each)
        hidden = member == "secret" or member.endswith("_secret")
        if member in required:
            lines.append(f"    {member}: {kind}" + (" = field(repr=False)" if hidden else ""))
        else:
            default = tuple(each["default"]) if isinstance(each.get("default"), list) else each.get("default")
            lines.append(f"    {member}: {kind if default is not None else _optional(kind)} = {default!r}")
    return "\n".join(lines)


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return short(_references(schema)[0])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        kinds = [_kind(each) for each in several]
        real = [each for each in kinds if each != "None"]
        whole = real[0] if len(real) == 1 else f"Union[{', '.join(real)}]"
        return whole if len(real) == len(kinds) else _optional(whole)
    kind = schema.get("type")
    if kind == "array":
        return f"tuple[{_kind(schema['items'])}, ...]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {_kind(more) if isinstance(more, dict) else 'Any'}]"
    return _SCALARS[kind] if kind else "Any"


def _optional(kind: str) -> str:
    return kind if kind == "Any" or kind.startswith("Optional[") else f"Optional[{kind}]"


def synchronous(name: str) -> str:
    """A module of the client without a single await."""
    _, what, text = (SOURCE / name).read_text(encoding="utf-8").split('"""', 2)
    for pattern, replacement in (
        (r"\basync (def|for|with) ", r"\1 "),
        (r"\basync with\b", "with"),
        (r"\bawait ", ""),
        (r"\b(_?)Async([A-Z])", r"\1\2"),
        (r"\bAsyncIterator\b", "Iterator"),
        (r"\baclose\b", "close"),
        (r"\b__a(enter|exit)__", r"__\1__"),
        (r"\baiter_bytes\b", "iter_bytes"),
        (r"\basyncio\.sleep\b", "time.sleep"),
        (r"^import asyncio\n", ""),
        (r"\b_aio\b", "_sync"),
        (r"\b_aio_resources\b", "_sync_resources"),
    ):
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    made_of = f"Made of {name} by scripts/generate.py; don't change it by hand."
    return f'"""{what.partition(". ")[0]}. {made_of}"""{text}'


def formatted(text: str, name: str) -> str:
    """As ruff writes it."""
    for command in (["check", "--select", "I", "--fix", "--quiet"], ["format", "--quiet"]):
        ruff = [str(Path(sys.executable).with_name("ruff")), *command, "--stdin-filename", str(SOURCE / name), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return text


def main(arguments: list[str]) -> int:
    sys.path.insert(0, str(SDK.parents[1]))
    from registry.events.event_catalogue import load_event_types
    from web.app import create_app

    document = create_app(None).openapi()
    made = {
        "types.py": types(document, load_event_types()),
        "_sync.py": synchronous("_aio.py"),
        "_sync_resources.py": synchronous("_aio_resources.py"),
    }
    stale = []
    for name, text in made.items():
        path, whole = SOURCE / name, formatted(text, name)
        if not path.exists() or path.read_text(encoding="utf-8") != whole:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(whole, encoding="utf-8")
    if stale:
        print("written:" if "--check" not in arguments else "stale:", *stale)
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
