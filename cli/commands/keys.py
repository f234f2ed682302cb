"""``opsiq keys``: manages the API keys of a running server's workspace. A secret is printed once, when it is made."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from typing import TYPE_CHECKING, Any, Final

from cli.command_parser import read_count
from core.crypto.mcp_token import make_token
from core.scopes import SCOPES

if TYPE_CHECKING:
    from cli.client import Client


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "keys", help="list, create, rotate, revoke API keys", description="API keys of a running server, for owners."
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser("list", help="every key, newest first; no secret")
    create = acts.add_parser("create", help="a new key; its secret is shown only once")
    create.add_argument("name", help="what it is for")
    create.add_argument(
        "--scope",
        action="append",
        required=True,
        metavar="SCOPE",
        help=f"what it may do; may be repeated. One of {', '.join(SCOPES)}. Without runs:confirm it asks and a person "
        "confirms",
    )
    create.add_argument("--role", help="the role it acts as, as contracts list it (by default this key's own)")
    create.add_argument(
        "--live",
        action="store_true",
        help="it acts for real; without this a test key, which tries everything and sends nothing",
    )
    create.add_argument(
        "--env",
        action="store_true",
        help='print the pair and the server\'s address for a shell to take in: eval "$(opsiq keys create … --env)"',
    )
    create.add_argument("--expires-days", type=read_count, metavar="N", help="it ends after so many days")
    for name, about in (
        ("rotate", "a fresh secret; the one before it stays good for 24 h"),
        ("revoke", "it signs nothing from now on"),
    ):
        acts.add_parser(name, help=about).add_argument("key_id", help="key_… as the list shows it")
    acts.add_parser(
        "mcp-token",
        help="the token that an MCP client sends for this terminal's key, or the one in OPSIQ_KEY and OPSIQ_SECRET",
    )
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client

    server = make_client()
    answer: dict[str, Any]
    match arguments.act:
        case "mcp-token":
            answer = {"url": f"{server.url}/mcp", "token": make_token(server.key, server.secret)}
        case "list":
            answer = server.get("/v1/keys")
        case "create":
            body = {"name": arguments.name, "scopes": arguments.scope, "mode": "live" if arguments.live else "test"}
            more = {"role": arguments.role, "expires_days": arguments.expires_days}
            answer = server.post("/v1/keys", body | {name: value for name, value in more.items() if value is not None})
        case "rotate":
            answer = server.post(f"/v1/keys/{arguments.key_id}/rotate")
        case _:
            answer = server.delete(f"/v1/keys/{arguments.key_id}")
    if arguments.act == "create" and arguments.env:
        print(_exports(server.url, answer))
        if answer["key"]["mode"] == "test":
            print(_SENDS_NOTHING, file=sys.stderr)
        return 0
    if "secret" in answer:
        answer["mcp_token"] = make_token(answer["key"]["public"], answer["secret"])
    print(json.dumps(answer, ensure_ascii=False, indent=2) if arguments.json else _text(answer))
    if arguments.act == "revoke" and not arguments.json and (names := _list_acting(server, arguments.key_id)):
        print(f"Rules and instructions that act as it, and so do nothing from now on: {', '.join(names)}.")
    return 0


def _list_acting(server: Client, key_id: str) -> list[str]:
    """The names of the rules and instructions that act as this key, as far as this terminal's key may read them."""
    from cli.client import Refused

    try:
        acting = [*server.get("/v1/rules")["data"], *server.get("/v1/instructions")["data"]]
    except Refused:
        return []
    return [f"“{each['name']}”" for each in acting if each["author"]["id"] == key_id and each["mode"] != "off"]


def _exports(url: str, answer: dict[str, Any]) -> str:
    """The pair as a POSIX shell takes it in."""
    pair = {"OPSIQ_URL": url, "OPSIQ_KEY": answer["key"]["public"], "OPSIQ_SECRET": answer["secret"]}
    return "export " + " ".join(f"{name}={shlex.quote(value)}" for name, value in pair.items())


_SENDS_NOTHING: Final = "It is a test key: nothing that it asks for is sent."


def _text(answer: dict[str, Any]) -> str:
    if "token" in answer:
        return f"{answer['url']}\nAuthorization: Bearer {answer['token']}"
    if "secret" in answer:
        pair = f"OPSIQ_KEY={answer['key']['public']}\nOPSIQ_SECRET={answer['secret']}"
        token = f"MCP access token: {answer['mcp_token']}"
        said = f"{pair}\n{token}\n{_line(answer['key'])}\nKeep the secret now: it is not shown again."
        return f"{said}\n{_SENDS_NOTHING}" if answer["key"]["mode"] == "test" else said
    return "\n".join(map(_line, answer["data"])) if "data" in answer else _line(answer)


def _line(key: dict[str, Any]) -> str:
    used = (key["last_used_at"] or "never used")[:19]
    blocked = f"  signs nothing: {key['blocked']}" if key.get("blocked") else ""
    return f"{key['id']}  {key['state']:<8}  {key['role']:<10}  {used:<19}  {key['public']}  {key['name']}  [{' '.join(key['scopes'])}]{blocked}"  # noqa: E501
