"""``opsiq doctor``: checks that everything the server needs is there and answers. Looks only; changes nothing."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shlex
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from cli.client import FILE
from cli.commands.installation.next_step import Installed, describe_next_step, server_answers
from cli.commands.installation.surroundings import (
    Finding,
    check_disks,
    check_folder,
    check_model,
    check_nats,
    check_redis,
)
from cli.data_folder import DEMO_MARK, LOOPBACK, explain_missing, has_database, is_beside_demo, is_lost

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from agent.history.anchors import AnchorLines
    from app.container import Container
    from core.settings import Settings
    from registry.records import Kinds
    from store.automations import InstructionRow, RuleRow
    from store.workspaces import WorkspaceRow

SKEW_S: Final = (2.0, 60.0)
OVERDUE_S: Final = 60.0


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "doctor",
        help="check settings, database, keys, clock, work, connectors, model",
        description="Check what the server needs, by the same OPSIQ_… variables, and say what to do next. Exit code 1 "
        "when something fails.",
    )
    made.add_argument("--json", action="store_true", help="the findings as one JSON array")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())  # what is found is told below, once
    installed = Installed()
    found = asyncio.run(_findings(installed))
    if arguments.json:
        print(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            print(f"{each.state:<5} {each.about:<11} {each.detail}")
        if (step := _next_step(found, installed)) is not None:
            print(f"\nNext: {step}")
    return int(any(each.state == "fail" for each in found))


def _next_step(found: list[Finding], installed: Installed) -> str | None:
    """What to do now; None where the settings themselves can't be read, whose finding says it all."""
    from core.settings import Settings

    if any(each.state == "fail" and each.about == "settings" for each in found):
        return None
    settings = Settings.load(_environment())
    failed = [each.about for each in found if each.state == "fail"]
    there = has_database(settings) or is_lost(settings)
    demo_url = _read_demo_url(settings.data_dir)
    return describe_next_step(
        installed,
        failed,
        database=there,
        url=demo_url or settings.base_url,
        answers=server_answers,
        demo=is_beside_demo(),
        start=f"demo --data {shlex.quote(str(settings.data_dir))}" if demo_url else "serve",
        demo_data=demo_url is not None,
    )


def _find_folder() -> Path:
    return Path(os.environ.get("OPSIQ_DATA", "").strip() or ".data")


def _environment() -> dict[str, str]:
    """The environment, and in a demo's folder what the demo itself is started with: its platform is on this machine."""
    environ = dict(os.environ)
    if (_find_folder() / DEMO_MARK).exists():
        environ.setdefault("OPSIQ_ALLOW_ADDRESSES", LOOPBACK)
    return environ


def _read_demo_url(folder: Path) -> str | None:
    """The console's address of the demo whose data this is, which its ports decide anew at each start; None for any
    other data."""
    if not (folder / DEMO_MARK).exists():
        return None
    try:
        return str(json.loads((folder / FILE).read_text())["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def _findings(installed: Installed) -> list[Finding]:
    from core.errors import OpsIQError
    from core.settings import Settings

    folder = check_folder(_find_folder())
    if folder.state == "fail":
        return [folder]
    try:
        settings = Settings.load(_environment())
    except OpsIQError as error:
        return [Finding("fail", "settings", error.detail)]
    found = [folder, *check_disks(settings)]
    found.append(Finding("ok", "time zone", f"{settings.time_zone}: the clock of the people here (OPSIQ_TIME_ZONE)"))
    found += _find_shadowed_packages()
    if settings.https and not settings.trusted_proxies:
        found.append(
            Finding(
                "warn",
                "proxy",
                "OPSIQ_BASE_URL is https and no proxy is trusted: everybody behind it counts as one client. Set "
                "OPSIQ_TRUSTED_PROXIES.",
            )
        )
    try:
        found += [each async for each in _database(settings, installed)]
    except OpsIQError as error:
        found.append(Finding("fail", "storage", error.detail))
    for ask in (check_redis, check_nats, check_model):
        if (one := await ask(settings)) is not None:
            found.append(one)
    return found


def _find_shadowed_packages() -> Iterator[Finding]:
    """What is installed under a name that the server's own packages have, and so can't be imported here."""
    from opsiq_server import IMPORT_ROOT

    root = Path(IMPORT_ROOT)
    for own in sorted(each.parent.name for each in root.glob("*/__init__.py")):
        places = (Path(entry) / own for entry in sys.path if entry and Path(entry) != root)
        if (hidden := next((each for each in places if (each / "__init__.py").exists()), None)) is not None:
            yield Finding(
                "warn",
                "packages",
                f"{hidden} is hidden by OpsIQ's own package of that name: nothing in this server can import it. A "
                "connector that needs it can't work here.",
            )


async def _database(settings: Settings, installed: Installed) -> AsyncIterator[Finding]:
    import store.database
    from store.migrate import missing_revisions

    if not has_database(settings):
        yield Finding("fail", "database", explain_missing(settings))
        return
    database = await store.database.Database.open(settings.database_url)
    try:
        behind = await missing_revisions(database)
        if behind:
            yield Finding(
                "fail",
                "database",
                f"It answers, but lacks {len(behind)} steps ({', '.join(behind)}): start a server to bring it up.",
            )
            return
        async with database.read() as session:
            await store.database.refuse_damaged(session)
        yield Finding("ok", "database", f"{database.dialect} answers, its schema is this version's")
        async with database.read() as session:
            skew_s = abs((datetime.now(UTC) - await store.database.now(session)).total_seconds())
            search = await _search(session)
        word: Literal["ok", "warn", "fail"] = "ok" if skew_s < SKEW_S[0] else "warn" if skew_s < SKEW_S[1] else "fail"
        mend = "" if word == "ok" else ": signed requests may be refused. Set this machine's clock (NTP)"
        yield Finding(word, "clock", f"{skew_s:.1f} s apart from the database's{mend}")
        yield search
    finally:
        await database.close()
    if settings.given_data_key is None and not settings.key_file.exists():
        yield Finding(
            "fail", "data key", f"{settings.key_file} is missing. Restore it from a copy: it opens the stored secrets."
        )
        return
    async for each in _container(settings, installed):
        yield each


async def _search(session: AsyncSession) -> Finding:
    from store.history.search import TO_INDEX, indexed

    if await indexed(session):
        return Finding("ok", "search", "AI History is searched by an index of its words")
    mend = "; ".join(TO_INDEX)
    return Finding(
        "warn",
        "search",
        f"AI History has no index of its words: a search reads every entry. Run in the database: {mend};",
    )


async def _container(settings: Settings, installed: Installed) -> AsyncIterator[Finding]:
    from app.container import open_container
    from core.errors import BadSetting

    for about, check in (("anchor file", _check_anchor_file), ("MCP servers", _check_mcp_servers)):
        try:
            check(settings)
        except BadSetting as error:
            yield Finding("fail", about, error.detail)
            return
    try:
        async with open_container(replace(settings, workers=0, model="")) as container:
            yield Finding("ok", "data key", "stored secrets open")
            async for each in _workspaces(container, installed):
                yield each
            yield await _work(container)
    except BadSetting as error:
        yield Finding("fail", "data key", error.detail)


def _check_anchor_file(settings: Settings) -> None:
    from agent.history.anchors import refuse_unwritable

    refuse_unwritable(settings.anchor_file)


def _check_mcp_servers(settings: Settings) -> None:
    from executors.mcp.servers import read_servers

    read_servers(settings.mcp_servers)


async def _workspaces(container: Container, installed: Installed) -> AsyncIterator[Finding]:
    import store.workspaces

    async with container.database.read() as session:
        rows = await store.workspaces.every_one(session)
    installed.workspaces = len(rows)
    if not rows:
        yield Finding("warn", "workspace", "There is none. `opsiq init` makes one.")
    anchors = await container.anchors.read()
    for finding in _check_anchors(container, anchors, {row.id for row in rows}):
        yield finding
    for row in rows:
        yield await _check_stored(container, row, anchors)
        context = await container.contexts.of(row.id)
        installed.contracts += len(context.catalogue)
        installed.examples += [text for each in context.catalogue for text in each.examples[:1]]
        faults = "; ".join(f"{name}: {why}" for name, why in context.catalogue.faults.items())
        if faults:
            yield Finding("fail", "contracts", f"{row.name}: {faults}")
        else:
            yield Finding("ok", "contracts", f"{row.name}: {len(context.catalogue)} in force, every signature good")
        for broken in context.broken:
            yield Finding("fail", "connector", f"{row.name}: {broken.name}: {broken.why}")
        async for each in _rules(container, row.id, row.name):
            yield each
        for connector in context.connectors:
            yield await _connector(row.name, connector)
        for finding in tell_clashes(row.name, context.kinds):
            yield finding
        for credential in await container.vault.list_statuses(row.id):
            if warning := credential.warning(container.clock()):
                told = f"{row.name}: the credentials of {credential.connection}: {warning}"
                yield Finding("warn", "credentials", f"{told} `opsiq connections credential {credential.connection}`")


def tell_clashes(workspace: str, kinds: Kinds) -> Iterator[Finding]:
    """Connections that share nouns, each set of them once."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for noun, meant in kinds.clashes().items():
        shared.setdefault(tuple(sorted({kinds.place(each).name for each in meant})), []).append(noun)
    for places, nouns in shared.items():
        first = ", ".join(f"“{noun}”" for noun in nouns[:3]) + (f" and {len(nouns) - 3} more" if len(nouns) > 3 else "")
        told = f"{workspace}: {first} may mean records of {' or '.join(places)}."
        yield Finding("warn", "connector", f"{told} In a question, say the connection's title before the noun.")


async def _rules(container: Container, workspace: str, name: str) -> AsyncIterator[Finding]:
    """Rules and instructions that do nothing although nobody switched them off."""
    import store.automations

    async with container.database.read() as session:
        rules = await store.automations.rules(session, workspace)
        instructions = await store.automations.instructions(session, workspace)
    rows: list[RuleRow | InstructionRow] = [*rules, *instructions]
    obstacles = await container.events.automation_service.find_obstacles(workspace, rows)
    for row in rows:
        if row.id in obstacles:
            yield Finding("warn", "rules", f"{name}: “{row.name}” ({row.id}) does nothing. {obstacles[row.id]}")


def _check_anchors(container: Container, anchors: AnchorLines, there: set[str]) -> Iterator[Finding]:
    """The file of anchors itself: lines that nobody here signed, and workspaces that are gone."""
    path = container.anchors.path
    if anchors.strange:
        lines = ", ".join(map(str, anchors.strange[:5])) + (" …" if len(anchors.strange) > 5 else "")
        yield Finding("fail", "anchors", f"{path} has lines that this installation did not sign: {lines}.")
    for gone in sorted(anchors.workspaces - there):
        yield Finding("fail", "anchors", f"The workspace {gone} was anchored in {path} and is not in the database.")


async def _check_stored(container: Container, row: WorkspaceRow, anchors: AnchorLines) -> Finding:
    """Is everything as OpsIQ stored it?"""
    from agent.history import integrity
    from cli.commands.history import describe_anchors

    async with container.database.read() as session:
        report = await integrity.examine(session, row.id, anchors=anchors.of(row.id))
    verdict = report.verdict
    if not report.ok:
        where = f" (at entry {verdict.first_break})" if verdict.first_break is not None else ""
        mend = "Find out who wrote into the database; restore a backup, or `opsiq seal --accept` what is there."
        return Finding("fail", "integrity", f"{row.name}{where}: {report.why} {mend}")
    compared = describe_anchors(verdict.anchors) if verdict.anchors else "no anchor was taken yet"
    return Finding(
        "ok", "integrity", f"{row.name}: {verdict.count} history entries and all rights as stored; {compared}"
    )


async def _connector(workspace: str, connector: Any) -> Finding:
    from core.errors import OpsIQError
    from registry.records import Query

    about = f"{workspace}: {connector.connection}"
    for provider in connector.context_providers():
        for kind in provider.kinds():
            try:
                await provider.search(Query(kind=kind.name, limit=1))
            except OpsIQError as error:
                return Finding("fail", "connector", f"{about}: {kind.name}: {error.detail}")
    return Finding("ok", "connector", f"{about} answers")


async def _work(container: Container) -> Finding:
    import store.jobs.jobs

    async with container.database.read() as session:
        open_ = await store.jobs.jobs.waiting(session)
        dead = sum(n for (_, state), n in (await store.jobs.jobs.counts(session)).items() if state == "dead")
        last = await store.jobs.jobs.dead_jobs(session, 1)
    late = max((overdue_s for _, _, _, overdue_s in open_), default=0.0)
    count = sum(n for _, _, n, _ in open_)
    if late > OVERDUE_S:
        return Finding(
            "fail",
            "work",
            f"{count} open, the oldest due for {late:.0f} s: run `opsiq serve` or `opsiq work` (OPSIQ_WORKERS).",
        )
    if dead:
        newest = f" The last: {last[0].kind} of {last[0].workspace}: {last[0].error[:300]}" if last else ""
        return Finding("warn", "work", f"{dead} given up; `opsiq jobs list` says which and why.{newest}")
    return Finding("ok", "work", f"{count} open, none late")
