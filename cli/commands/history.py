"""``opsiq history``: verifies the chain, exports and shows entries, on the database itself, for whoever holds the data
folder."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.command_parser import read_count

if TYPE_CHECKING:
    from agent.history.anchors import AnchorLine, AnchorLines
    from agent.history.integrity import Report
    from core.crypto.authenticator import Authenticator
    from core.settings import Settings
    from store.database import Database
    from store.history.log import HistoryRow
    from store.history.verification import ChainAnchor


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "history",
        help="verify, export and read AI History",
        description="AI History of the database in OPSIQ_DATA / OPSIQ_DATABASE_URL; where neither is set, of the one "
        "here, or else of the demo's.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    verify = acts.add_parser(
        "verify", help="walk the digest chain and name the first break, and whatever else is not as it was stored"
    )
    verify.add_argument(
        "--anchor",
        metavar="SEQ:DIGEST",
        help="a head written down earlier, to find a history that was cut and re-chained",
    )
    verify.add_argument(
        "--anchors",
        type=Path,
        metavar="FILE",
        help="signed anchors that were kept elsewhere, to compare beside those of OPSIQ_ANCHOR_FILE",
    )
    export = acts.add_parser("export", help="every entry on standard output, oldest first")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="csv, or one JSON object a line")
    anchor = acts.add_parser("anchor", help="the head as SEQ:DIGEST, to keep elsewhere")
    anchor.add_argument("--signed", action="store_true", help="as a signed line, as OPSIQ_ANCHOR_FILE has them")
    acts.add_parser(
        "anchor-key", help="what anchors are checked with: public keys, and the secret of OPSIQ_ANCHOR_URL's signatures"
    )
    listed = acts.add_parser("list", help="the newest entries: who did what, and what came of it")
    listed.add_argument("--limit", type=read_count, default=20, metavar="N", help="at most N (20)")
    listed.add_argument("--json", action="store_true", help="one JSON object a line, as export writes them")
    for act in acts.choices.values():
        act.add_argument("--workspace", help="the workspace's id (by default the only one)")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    from cli.data_folder import load_settings_here
    from cli.workspace import open_checked

    settings = load_settings_here(os.environ)
    async with open_checked(settings) as database:
        if arguments.act == "export":
            await _record_export(database, arguments.workspace)
        return await _act(arguments, settings, database)


async def _record_export(database: Database, wanted: str | None) -> None:
    """Writes the export into the history before its first line. Where that can't be done, says so and goes on: whoever
    has the database can read it anyway, and a damaged history must be readable."""
    from agent.history.recorder import EntryType, record_act
    from cli.workspace import find_workspace
    from core.actor import Actor
    from core.clock import utc_now
    from core.errors import NotAuthentic

    async with database.read() as session:
        workspace = await find_workspace(session, wanted)
    operator = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
    try:
        if database.authenticator is None:
            raise NotAuthentic("The data key is not here, or the database is not sealed yet.")
        async with database.begin() as session:
            await record_act(session, operator, EntryType.EXPORTED, utc_now(), query="", detail="opsiq history export")
    except NotAuthentic as error:
        print(f"This export leaves no entry in AI History. {error.detail}", file=sys.stderr)


async def _act(arguments: argparse.Namespace, settings: Settings, database: Database) -> int:
    import store.accounts.members
    import store.history.log
    from agent.history import anchors, integrity
    from agent.history.columns import export_csv, export_json
    from cli.workspace import find_workspace
    from core.clock import utc_now
    from core.errors import NotFound
    from store.history.verification import ChainAnchor

    async with database.read() as session:
        workspace = await find_workspace(session, arguments.workspace)
        match arguments.act:
            case "verify":
                anchor = _anchor(arguments.anchor) if arguments.anchor else None
                kept, strange = _read_anchors(arguments, settings, database.authenticator)
                report = await integrity.examine(session, workspace, anchor, anchors=kept.of(workspace))
                for line in _tell(report, anchor, strange):
                    print(line)
                return 0 if report.ok and not strange else 1
            case "export":
                written = export_json if arguments.format == "jsonl" else export_csv
                async for piece in written(store.history.log.stream(session, workspace)):
                    sys.stdout.write(piece)
            case "anchor":
                head = await store.history.log.get_checked_head(session, workspace)
                if head is None:
                    raise NotFound("There is no entry to take an anchor from.")
                if arguments.signed:
                    print(
                        anchors.write_line(
                            _keys(database.authenticator), "anchor", workspace, head.seq, head.digest, utc_now()
                        )
                    )
                else:
                    print(ChainAnchor(head.seq, head.digest))
            case "anchor-key":
                keys = _keys(database.authenticator)
                for name, public in anchors.list_public_keys(keys).items():
                    print(f"Ed25519 {name} {public}")
                print(f"OPSIQ_ANCHOR_URL is signed with {anchors.make_url_secret(keys)}")
            case _:
                rows = await store.history.log.page(session, workspace, limit=arguments.limit)
                people = await store.accounts.members.listed(session, workspace)
                for line in _list_lines(rows, {each.id: each.name for each in people}, as_json=arguments.json):
                    print(line)
    return 0


def _list_lines(rows: Sequence[HistoryRow], people: Mapping[str, str], *, as_json: bool) -> Iterator[str]:
    from agent.history.columns import describe_entry
    from agent.history.entry_text import write_entry

    if as_json:
        yield from (json.dumps(describe_entry(row), ensure_ascii=False, separators=(",", ":")) for row in rows)
        return
    told = [(row, *write_entry(row, people)) for row in rows]
    width = max((len(who) for _, who, _ in told), default=0)
    for row, who, what in told:
        at = row.at.isoformat(" ", "seconds")[:19]
        yield f"{row.seq:>6}  {at}  {who:<{width}}  {what}{f'  {row.run_id}' if row.run_id else ''}"


def _keys(keys: Authenticator | None) -> Authenticator:
    from core.errors import BadSetting

    if keys is None:
        raise BadSetting(
            "The data key is not here, or the database is not sealed yet: run this where a server of this version "
            "has run."
        )
    return keys


def _read_anchors(
    arguments: argparse.Namespace, settings: Settings, keys: Authenticator | None
) -> tuple[AnchorLines, list[str]]:
    """The anchors to compare with, and sentences about lines that nobody here signed. Raises InvalidInput for a file
    that can't be read."""
    from agent.history.anchors import AnchorLines, read_file
    from core.errors import InvalidInput

    if keys is None:
        return AnchorLines(), []
    lines: list[AnchorLine] = []
    strange: list[str] = []
    given: Path | None = arguments.anchors
    if given is not None and not given.exists():
        raise InvalidInput(f"{given} is not there.")
    for path in (given, settings.anchor_file):
        if path is None:
            continue
        try:
            found = read_file(keys, path)
        except OSError as error:
            raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error
        lines += found.lines
        strange += [f"line {number} of {path} was not signed by this installation" for number in found.strange]
    return AnchorLines(tuple(sorted(lines, key=lambda each: each.at))), strange


def describe_anchors(count: int) -> str:
    return "1 anchor fits" if count == 1 else f"{count} anchors fit"


def _tell(report: Report, anchor: ChainAnchor | None, strange: list[str]) -> Iterator[str]:
    verdict = report.verdict
    if verdict.first_break is not None:
        yield f"broken at entry {verdict.first_break}: {verdict.why}"
    elif not verdict.ok:
        yield f"not as it was: {verdict.why}"
    elif anchor is not None:
        yield f"{verdict.count} entries, unbroken, and entry {anchor.seq} is the one the anchor was taken from"
    elif verdict.anchored is not None:
        yield (
            f"{verdict.count} entries, unbroken; {describe_anchors(verdict.anchors)}, the latest of "
            f"{verdict.anchored.at} at entry "
            f"{verdict.anchored.seq}"
        )
    else:
        yield f"{verdict.count} entries, unbroken"
    yield from report.problems
    yield from strange
    if not report.checked:
        yield "Codes were not checked: the data key is not here, or no server of this version has sealed the database yet."  # noqa: E501
    if report.ok and anchor is None and verdict.anchored is None:
        yield "Nothing is anchored: an end that was cut off together with the record of it, or a history written again, would look the same."  # noqa: E501
        yield "To see that from now on, keep this where nobody who can change the database can, and give it next time:"
        yield f"  opsiq history verify --anchor {verdict.last}"


def _anchor(text: str) -> ChainAnchor:
    from core.errors import InvalidInput
    from store.history.verification import ChainAnchor

    seq, _, digest = text.partition(":")
    if not seq.isdigit() or not digest.startswith("sha256:"):
        raise InvalidInput("An anchor looks like 42:sha256:…, as `opsiq history anchor` prints it.")
    return ChainAnchor(int(seq), digest)
