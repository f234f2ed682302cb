"""``opsiq connectors``: begins a connector, checks it, connects it, lists what there is, and shares webhook secrets."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.commands.importing.leaving_out import add_leaving_out

if TYPE_CHECKING:
    from core.errors import Finding

MOST_ALIKE: Final = 5
"""Most findings of one kind of advice that are reported one by one."""


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "connectors",
        help="begin, check, connect and list connectors; share a webhook secret",
        description="The connectors of a running server's workspace, and new ones.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser("list", help="every connector found or configured, and its state")
    webhook = acts.add_parser(
        "webhook",
        help="where a platform sends its webhooks, and a secret to sign them with, shown this once",
        description="Share a secret with a platform, so that its webhooks are believed. The one before it is good "
        "for 24 h.",
    )
    webhook.add_argument("name", help="the connector, as the list shows it")
    webhook.add_argument(
        "--given", action="store_true", help="read the platform's own secret (whsec_…) from standard input"
    )
    new = acts.add_parser(
        "new",
        help="begin a connector without code: a folder with a connector.json, to fill in or from an OpenAPI document",
        description="Writes NAME/connector.json and NAME/actions.json. With --openapi they are drafted from the "
        "document; what you decide in NAME/decisions.json is applied by running the same command again. No server is "
        "asked.",
    )
    new.add_argument("name", help="lower-case letters, digits and underscores")
    new.add_argument("--in", dest="folder", metavar="FOLDER", default=".", help="where the folder is made (here)")
    new.add_argument(
        "--openapi", metavar="DOCUMENT", help="draft its kinds and actions: a file, folder, archive or URL"
    )
    new.add_argument("--root", default="", metavar="PATH", help="the first document of a folder or archive")
    new.add_argument(
        "--role", action="append", default=[], metavar="ROLE", help="who may run the actions; may be repeated"
    )
    new.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PATTERN",
        help="operations to draft, such as 'POST /orders/*'; may be repeated",
    )
    add_leaving_out(new)
    new.add_argument(
        "--take-suggestions", action="store_true", help="bind parameters to kinds as the document suggests"
    )
    new.add_argument("--force", action="store_true", help="write over files that were edited since")
    check = acts.add_parser(
        "check",
        help="lint a connector's folder, or try a connection's reads on the live platform",
        description="Exit status 1 where something is wrong.",
    )
    check.add_argument("name", help="a folder with a connector.json, or a connection of the running server")
    check.add_argument("--live", action="store_true", help="the connection, also where a folder of its name is here")
    link = acts.add_parser(
        "connect",
        help="connect a platform: its address, options and credential",
        description="The credential (a token, or user:password) is read from standard input, or asked for without an "
        "echo. The actions that it proposes can be used once they are signed: 'opsiq contracts register FOLDER', or "
        "in the console.",
    )
    link.add_argument("name", help="the connector, as the list shows it")
    link.add_argument("--address", required=True, metavar="URL", help="the platform's address")
    link.add_argument("--as", dest="connection", metavar="NAME", help="another name, for a second connection")
    link.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="what the connector asks for")
    link.add_argument("--no-token", action="store_true", help="the platform asks for no credential")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.act == "new":
        return _create_connector(arguments)
    if arguments.act == "check" and not arguments.live and (Path(arguments.name) / "connector.json").is_file():
        return _lint(arguments)
    from cli.client import make_client

    server = make_client()
    if arguments.act == "check":
        found = server.get(f"/v1/connectors/{arguments.name}/check")["data"]
        return _tell(arguments, found, [f"{each['state']:<5} {each['about']:<20} {each['detail']}" for each in found])
    if arguments.act == "connect":
        answer = server.post("/v1/connections", _connection(arguments))
        tested = server.post(f"/v1/connectors/{answer['name']}/test", {})
        text = _describe_connected(arguments.name, answer["name"], server.url, tested)
        print(json.dumps(answer, ensure_ascii=False, indent=2) if arguments.json else text)
        return 0
    if arguments.act == "list":
        answer = server.get("/v1/connectors")
        text = "\n".join(map(_line, answer["data"]))
    else:
        body = {"secret": sys.stdin.readline().strip()} if arguments.given else {}
        answer = server.post(f"/v1/connectors/{arguments.name}/webhook-secret", body)
        until = answer["previous_until"]
        text = f"WEBHOOK_URL={answer['url']}\nWEBHOOK_SECRET={answer['secret']}\nKeep the secret now: it is not shown again."  # noqa: E501
        text += f"\nThe secret before it is good until {until[:16]} UTC." if until else ""
    print(json.dumps(answer, ensure_ascii=False, indent=2) if arguments.json else text)
    return 0


def _create_connector(arguments: argparse.Namespace) -> int:
    if arguments.openapi:
        from cli.commands.importing.connector import begin_connector, tell_connector

        report = begin_connector(arguments)
        told = json.dumps(report, ensure_ascii=False, indent=2)
        print(told if arguments.json else tell_connector(report, arguments.openapi))
        return 0
    if arguments.role or arguments.only or arguments.take_suggestions:
        from core.errors import InvalidInput

        raise InvalidInput("--role, --only and --take-suggestions are about a document: name it with --openapi.")
    from registry.declarative.scaffold import write_scaffold

    folder = write_scaffold(arguments.name, Path(arguments.folder))
    text = f"Fill in {folder / 'connector.json'}, then: opsiq connectors check {folder}"
    print(json.dumps({"folder": str(folder)}) if arguments.json else text)
    return 0


def _lint(arguments: argparse.Namespace) -> int:
    from registry.declarative.lint import lint_folder
    from registry.linting.linter import is_advice

    folder = Path(arguments.name)
    findings = lint_folder(folder)
    if all(map(is_advice, findings)):
        findings += _read_examples(folder)
    told = [
        {"state": "warn" if is_advice(each) else "fail", "about": each.pointer or "/", "detail": each.detail}
        for each in findings
    ]
    return _tell(arguments, told, list(_fold_findings(told, [each.code for each in findings])))


def _read_examples(folder: Path) -> list[Finding]:
    """Advice about the contracts' own examples. Settings of the connection are filled with their examples."""
    import asyncio

    from agent.planning.own_examples import find_misread_examples
    from core.errors import BadSetting
    from registry.connector import Settings
    from registry.declarative.connector import read_connector

    made = read_connector(folder)
    given = {name: each.example or each.default or "x" for name, each in made.document.connection.settings.items()}
    try:
        connector = made(None, Settings("https://platform.invalid", {}, options=given))  # type: ignore[arg-type]
    except BadSetting:
        return []
    kinds = [kind for each in connector.context_providers() for kind in each.kinds()]
    return asyncio.run(find_misread_examples(connector.register_actions(), kinds))


def _fold_findings(told: list[dict[str, str]], codes: Sequence[str]) -> Iterator[str]:
    """A line for each finding; advice of one kind about many places is one line, with the first of them."""
    often = Counter(code for each, code in zip(told, codes, strict=True) if each["state"] == "warn")
    for each, code in zip(told, codes, strict=True):
        count = often.get(code, 1)
        if each["state"] == "fail" or 0 < count <= MOST_ALIKE:
            yield f"{each['state']:<5} {each['about']}: {each['detail']}"
        elif count:
            often[code] = 0
            yield f"{each['state']:<5} {each['about']} and {count - 1} others: {each['detail']}"


def _tell(arguments: argparse.Namespace, found: list[dict[str, Any]], lines: list[str]) -> int:
    print(
        json.dumps(found, ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines) or "Nothing is wrong."
    )
    return int(any(each["state"] == "fail" for each in found))


def _connection(arguments: argparse.Namespace) -> dict[str, Any]:
    from core.errors import InvalidInput

    odd = [each for each in arguments.option if "=" not in each]
    if odd:
        raise InvalidInput(f"Write an option as NAME=VALUE, not {odd[0]!r}.")
    body: dict[str, Any] = {
        "connector": arguments.name,
        "base_url": arguments.address,
        "options": dict(each.split("=", 1) for each in arguments.option),
    }
    if arguments.connection:
        body["name"] = arguments.connection
    if not arguments.no_token:
        token = getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
        if not token.strip():
            raise InvalidInput("No credential came on standard input. Give it, or say --no-token.")
        body["token"] = token.strip()
    return body


def _describe_connected(connector: str, name: str, url: str, tested: dict[str, Any]) -> str:
    """What a test of a new connection said, and what is left to do with it. Contracts in files are those of a
    connection named like its connector."""
    places = [Path(), *map(Path, filter(None, os.environ.get("OPSIQ_CONNECTORS", "").split(os.pathsep)))]
    folders = [each for place in places for each in (place / connector, place) if each.resolve().name == connector]
    folder = next((each for each in folders if (each / "connector.json").is_file()), None)
    here = f"sign its actions at {url}/connectors/{name}/contracts"
    following = (
        f"opsiq contracts register {shlex.quote(str(folder.resolve()))}" if folder and name == connector else here
    )
    return (
        f"Connected as {name}.\n{tested['state']}: {tested['detail']}\n"
        f"Try its reads: opsiq connectors check {name} --live\n"
        f"Next: {following}   (until its actions are signed, nothing can be done with it)"
    )


def _line(each: dict[str, Any]) -> str:
    kinds = ", ".join(kind["name"] for kind in each["kinds"])
    return f"{each['name']:<16}  {each['state']:<9}  {each['title']}  [{each['broken'] or kinds}]"
