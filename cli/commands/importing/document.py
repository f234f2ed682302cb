"""``opsiq import openapi``, and the like for each format of documents (``registry.importing.formats``): a document as
unsigned drafts, written into a folder.

Drafts are made anew each time; what people decide goes into ``decisions.json`` and is read back. A file that somebody
has edited is never written over unasked.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cli.commands.importing.leaving_out import add_leaving_out, add_to_decisions
from core.errors import InvalidInput
from registry.importing.document.description import DocumentFormat

CONTRACTS: Final = "contracts"
DECISIONS: Final = "decisions.json"
CONNECTOR: Final = "connector.json"
REPORT: Final = "report.json"
_DESCRIPTION: Final = """\
Draft a contract for every operation of {versions}: a file, a folder or archive of several files, or an address. Every
operation becomes a draft that passes the linter, or is refused with the reason. Drafts are unsigned, nobody may run
them, and every write is confirmed."""


def add_parser(acts: Any, kind: DocumentFormat) -> None:
    made = acts.add_parser(
        kind.name,
        help=f"draft contracts from an {kind.title} document",
        description=_DESCRIPTION.format(versions=kind.versions),
    )
    made.add_argument("document", metavar="FILE|FOLDER|ARCHIVE|URL", help="the document")
    made.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder that everything is written to")
    made.add_argument("--decisions", type=Path, metavar="FILE", help="apply what was decided (DIR/decisions.json)")
    add_leaving_out(made)
    made.add_argument("--root", default="", metavar="PATH", help="the first document of a folder or archive")
    made.add_argument("--force", action="store_true", help="write over files that were edited since the last import")
    made.add_argument("--json", action="store_true", help="the report as one JSON document")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where the document could be read, whatever was refused of it."""
    import asyncio

    from cli.commands.importing.documents import open_source, perform

    decisions = add_to_decisions(_decisions(arguments) or {}, arguments) or None
    source = open_source(arguments.document, arguments.root)
    answer = asyncio.run(perform({"do": "draft", "decisions": decisions}, [source]))
    report = write(arguments.out, answer, force=arguments.force)
    print(json.dumps(report, ensure_ascii=False, indent=2) if arguments.json else tell_report(report, arguments.out))
    return 0


def _decisions(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Raises InvalidInput for what can't be read, and where decisions lie in the folder but were not named."""
    path: Path | None = arguments.decisions
    if path is None:
        kept = arguments.out / DECISIONS
        if kept.exists() and not arguments.force:
            raise InvalidInput(
                f"{kept} holds decisions. Apply them with --decisions {kept}, or start over with --force."
            )
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{path} holds no decisions: they are a JSON object.")
    return value


def write(folder: Path, answer: Mapping[str, Any], *, force: bool) -> dict[str, Any]:
    """Writes drafts, decisions, kinds and the report; removes drafts that are no longer made. Returns the report, with
    each draft's file. Raises InvalidInput, before anything is written, where a draft was edited."""
    files = {f"{CONTRACTS}/{each['name']}.json": _text(each) for each in answer["contracts"]}
    report: dict[str, Any] = answer["report"]
    known = _read_known_drafts(folder)
    edited = sorted(name for name in known if not _is_as_written(folder / name, known[name]))
    edited += sorted(name for name in files if name not in known and (folder / name).exists())
    if edited and not force:
        raise InvalidInput(
            f"{len(edited)} drafts in {folder} were edited ({', '.join(edited[:5])}). Write what you decided into "
            f"{DECISIONS}, or let them go with --force."
        )
    try:
        (folder / CONTRACTS).mkdir(parents=True, exist_ok=True)
        for name in known.keys() - files.keys():
            (folder / name).unlink(missing_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for draft in report["drafts"]:
            name = f"{CONTRACTS}/{draft['name']}.json"
            draft["file"] = str(folder / name)
        (folder / CONNECTOR).write_text(_text(answer["connector"]), encoding="utf-8")
        (folder / DECISIONS).write_text(_text(answer["decisions"]), encoding="utf-8")
        written = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
        (folder / REPORT).write_text(_text({**report, "written": written}), encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{error.filename} can't be written: {error.strerror}.") from error
    return report


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _read_known_drafts(folder: Path) -> dict[str, str]:
    """The drafts that the import before this wrote, each with its digest."""
    try:
        written = json.loads((folder / REPORT).read_text(encoding="utf-8"))["written"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    if not isinstance(written, dict):
        return {}
    return {str(name): str(digest) for name, digest in written.items() if _is_draft(str(name))}


def _is_draft(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder == CONTRACTS and file.endswith(".json") and "/" not in file and ".." not in file


def _is_as_written(path: Path, digest: str) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest
    except OSError:
        return True  # it is gone: nothing can be lost


def tell_report(report: Mapping[str, Any], folder: Path) -> str:
    """The report for people: what was made, what was refused and why, and what is to be decided."""
    lines = [f"{report['title'] or 'The document'} {report['version']}: {report['operations']} operations"]
    lines.append(f"  {len(report['drafts'])} drafts in {folder / CONTRACTS}")
    if report["kinds"]:
        lines.append(f"  {len(report['kinds'])} kinds of record in {folder / CONNECTOR}: {_several(report['kinds'])}")
    if report["refused"]:
        lines.append(f"  {len(report['refused'])} refused:")
        by_reason: dict[str, list[str]] = {}
        for each in report["refused"]:
            by_reason.setdefault(each["reason"], []).append(each["operation"])
        lines += [f"    {reason} {_several(operations)}" for reason, operations in by_reason.items()]
    if report["decide"]:
        lines.append(f"To decide, in {folder / DECISIONS}:")
        lines += [f"  - {each}" for each in report["decide"]]
    if report["drafts"]:
        lines.append(f"Next: opsiq contracts lint {folder / CONTRACTS}/*.json, then: opsiq contracts register {folder}")
    return "\n".join(lines)


def _several(names: list[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
