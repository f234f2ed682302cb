"""``opsiq connectors new NAME --openapi DOCUMENT``: a connector's folder begun from an OpenAPI document.

Its kinds and actions are drafts; what people decide goes into the folder's decisions.json and is applied by running the
same command again. A file that somebody has edited is never written over unasked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from cli.commands.importing.leaving_out import add_to_decisions
from core.errors import InvalidInput

ACTIONS: Final = "actions.json"
CONNECTOR: Final = "connector.json"
DECISIONS: Final = "decisions.json"
REPORT: Final = "report.json"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line decides for all operations: who may run them, which of them (patterns of ``METHOD /path``),
    and whether the importer's guesses of records are taken."""

    roles: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    take_suggestions: bool = False


def begin_connector(arguments: argparse.Namespace) -> dict[str, Any]:
    """Writes the folder and answers the report. Raises InvalidInput, before anything is written."""
    name, folder = arguments.name, Path(arguments.folder) / arguments.name
    if not _NAME.fullmatch(name):
        raise InvalidInput("A connector is named in lower-case letters, digits and underscores, such as ticket_shop.")
    wishes = Wishes(tuple(arguments.role), tuple(arguments.only), arguments.take_suggestions)
    decisions = add_to_decisions(_decisions(folder, name, wishes), arguments)
    answer = _draft(arguments, decisions)
    if wishes.only or wishes.take_suggestions:
        answer = _draft(arguments, _apply_wishes(answer["decisions"], wishes, answer["report"]["refused"]))
    return write_folder(folder, name, answer, force=arguments.force)


def _draft(arguments: argparse.Namespace, decisions: Mapping[str, Any]) -> dict[str, Any]:
    import asyncio

    from cli.commands.importing.documents import open_source, perform

    source = open_source(arguments.openapi, arguments.root)
    return asyncio.run(perform({"do": "draft", "decisions": dict(decisions)}, [source]))


def _decisions(folder: Path, name: str, wishes: Wishes) -> dict[str, Any]:
    """Those of the folder, where it was begun already; every contract goes through the connector's own connection."""
    path = folder / DECISIONS
    value: Any = {}
    if path.exists():
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InvalidInput(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
        if not isinstance(value, dict):
            raise InvalidInput(f"{path} holds no decisions: they are a JSON object.")
    elif folder.exists():
        raise InvalidInput(f"{folder} is there already, and was not begun from a document; nothing was changed.")
    connection = value.get("connection")
    made = {
        **value,
        "prefix": name,
        "connection": {**(connection if isinstance(connection, dict) else {}), "name": name},
    }
    return {**made, "roles": list(wishes.roles)} if wishes.roles else made


def _apply_wishes(proposed: Mapping[str, Any], wishes: Wishes, refused: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was proposed, with the wishes of the command line written into it. ``refused`` operations that no wish names
    are left out too: nothing is asked about them."""
    operations: dict[str, Any] = {}
    if wishes.only:
        keys = [each["operation"] for each in refused]
        operations = {
            key: {"include": False} for key in keys if not any(fnmatchcase(key, each) for each in wishes.only)
        }
    for key, said in proposed["operations"].items():
        if wishes.only and not any(fnmatchcase(key, each) for each in wishes.only):
            operations[key] = {"include": False}
            continue
        parameters = {
            name: _take_suggestions(each) if wishes.take_suggestions else each
            for name, each in said.get("parameters", {}).items()
        }
        operations[key] = {**said, **({"parameters": parameters} if parameters else {})}
    if wishes.only and not any(each.get("include", True) for each in operations.values()):
        raise InvalidInput("No operation of the document fits --only. It takes patterns such as 'POST /orders/*'.")
    connection = dict(proposed["connection"])
    if wishes.take_suggestions and not connection.get("settings"):
        connection["settings"] = connection.get("suggested_settings", [])
    return {**proposed, "connection": connection, "operations": operations}


def _take_suggestions(parameter: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(parameter)
    for guess, taken in (("suggested", "record"), ("suggested_language", "language")):
        if made.get(guess) and not made.get(taken):
            made[taken] = made[guess]
    return made


def write_folder(folder: Path, name: str, answer: Mapping[str, Any], *, force: bool = False) -> dict[str, Any]:
    """Writes ``connector.json``, ``actions.json``, ``decisions.json`` and ``report.json``. Raises InvalidInput where
    one of the first two was edited since the last time."""
    report: dict[str, Any] = answer["report"]
    own = [each for each in answer["contracts"] if each["endpoint"]["connection"] == name]
    elsewhere = [each for each in report["drafts"] if each["connection"] != name]
    report["drafts"] = [each for each in report["drafts"] if each["connection"] == name]
    report["refused"] += [
        {"operation": each["operation"], "reason": "It is served elsewhere: begin a connector of its own for it."}
        for each in elsewhere
    ]
    connector = {**answer["connector"], "name": name, "actions": ACTIONS}
    files = {CONNECTOR: _text(connector), ACTIONS: _text({"actions": own})}
    known = _written(folder)
    edited = [each for each in files if (folder / each).exists() and _digest(folder / each) != known.get(each)]
    if edited and not force:
        raise InvalidInput(
            f"{' and '.join(edited)} in {folder} {'was' if len(edited) == 1 else 'were'} edited since. Write what you "
            f"decided into {DECISIONS}, or let the edits go with --force."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        (folder / DECISIONS).write_text(_text(answer["decisions"]), encoding="utf-8")
        digests = {file: hashlib.sha256(text.encode()).hexdigest() for file, text in files.items()}
        (folder / REPORT).write_text(_text({**report, "written": digests}), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{error.filename} can't be written: {error.strerror}.") from error
    return {**report, "folder": str(folder)}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _written(folder: Path) -> Mapping[str, str]:
    try:
        written = json.loads((folder / REPORT).read_text(encoding="utf-8"))["written"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return written if isinstance(written, dict) else {}


def _write_address(address: str) -> str:
    """A document often says only the path of its address: the host is the reader's."""
    return address if "://" in address else f"https://YOUR-HOST{address}"


def tell_connector(report: Mapping[str, Any], document: str) -> str:
    """What was begun, what is open, and the next commands."""
    folder, name = Path(report["folder"]), Path(report["folder"]).name
    drafts, refused = len(report["drafts"]), len(report["refused"])
    address = next(iter(report["connections"].values()), "")
    lines = [
        f"{folder}: {report['operations']} operations, {drafts} actions, {refused} refused or left out (why: "
        f"{folder / REPORT}).",
        f"Kinds of record: {', '.join(report['kinds']) or 'none found'}.",
        *(f"Decide: {each}" for each in report["decide"]),
        "",
        f"1. Decide in {folder / DECISIONS}, then draft again: opsiq connectors new {name} --openapi {document}"
        + (f" --in {folder.parent}" if str(folder.parent) != "." else ""),
        f"2. Check it: opsiq connectors check {folder}",
        f"3. Restart the server after this, in the same terminal: export OPSIQ_CONNECTORS={folder.resolve().parent}",
        f"4. Connect it: opsiq connectors connect {name} --address {_write_address(address)}"
        + "".join(f" --option {each}=…" for each in report["settings"]),
        f"5. Sign its actions: opsiq contracts register {folder} (or in the console: /connectors/{name}/contracts)",
    ]
    return "\n".join(lines)
