"""``opsiq connections``: gives a connection its credentials, and tests whether they work."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any, Final

# What is asked for in secret, by type.
_SECRETS: Final = {
    "bearer": ("token", "The token"),
    "basic": ("password", "The password"),
    "header": ("value", "The header's value"),
    "query": ("value", "The parameter's value"),
    "oauth_client": ("client_secret", "The client secret"),
    "oauth_refresh": ("refresh_token", "The refresh token"),
}


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "connections",
        help="give a connection its credentials, test whether they work",
        description="The credentials that a running server's connections are called with. They are kept sealed, and "
        "never shown.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    show = acts.add_parser("show", help="what kind of credentials a connection has, and how they are")
    give = acts.add_parser(
        "credential",
        help="give or replace a connection's credentials",
        description="The secret itself is read from standard input, or asked for without an echo.",
    )
    give.add_argument("--type", choices=[*_SECRETS, "certificate"], default="bearer")
    give.add_argument("--prefix", metavar="WORD", help="bearer: the word before the token (Bearer)")
    give.add_argument("--username", metavar="NAME", help="basic: the user name")
    give.add_argument("--field", metavar="NAME", help="header, query: the header's or parameter's name")
    give.add_argument("--token-url", metavar="URL", help="oauth_…: the token endpoint")
    give.add_argument("--client-id", metavar="ID", help="oauth_…: the client's id")
    give.add_argument("--scope", metavar="WORDS", help="oauth_…: the scopes that are asked for")
    give.add_argument("--audience", metavar="WORD", help="oauth_client: the audience that is asked for")
    give.add_argument("--send", choices=["basic", "body"], help="oauth_…: how the client's secret is sent (basic)")
    give.add_argument("--certificate", metavar="FILE", help="certificate: its PEM file")
    give.add_argument("--key", metavar="FILE", help="certificate: the PEM file of its private key")
    give.add_argument("--authority", metavar="FILE", help="certificate: the PEM file of the server's authority")
    give.add_argument("--expires", metavar="TIME", help="when they end, such as 2027-01-31T00:00:00Z: warned of before")
    remove = acts.add_parser("remove-credential", help="take a connection's credentials away")
    test = acts.add_parser(
        "test",
        help="read the platform once with the connection's credentials",
        description="Exit status 0: they work. 1: they don't, or the platform did not answer.",
    )
    test.add_argument("--path", help="what is read below the connection's address (a list of the connector, or /)")
    for act in (show, give, remove, test):
        act.add_argument("name", help="the connection, as `opsiq connectors list` shows it")
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client

    server, at = make_client(), f"/v1/connectors/{arguments.name}"
    match arguments.act:
        case "test":
            answer = server.post(f"{at}/test", {"path": arguments.path} if arguments.path else {})
            text = f"{answer['state']}: {answer['detail']}"
        case "credential":
            body: dict[str, Any] = {"credential": parse_credential(arguments)}
            if arguments.expires:
                body["expires_at"] = arguments.expires
            answer = server.post(f"{at}/credential", body)
            text = f"{_line(answer)}\nTest it: opsiq connections test {arguments.name}"
        case "remove-credential":
            answer = server.delete(f"{at}/credential")
            text = f"The connection {arguments.name} has no credentials any more."
        case _:
            answer = server.get(f"{at}/credential")
            text = _line(answer)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if arguments.json else text)
    return 0 if answer.get("state", "works") == "works" else 1


def parse_credential(arguments: argparse.Namespace) -> dict[str, Any]:
    """The credential that was said on the command line, with its secret from standard input."""
    given = {
        "type": arguments.type,
        "prefix": arguments.prefix,
        "username": arguments.username,
        "name": arguments.field,
        "token_url": arguments.token_url,
        "client_id": arguments.client_id,
        "scope": arguments.scope,
        "audience": arguments.audience,
        "send": arguments.send,
    }
    made = {name: value for name, value in given.items() if value is not None}
    if arguments.type == "certificate":
        for name in ("certificate", "key", "authority"):
            if (file := getattr(arguments, name)) is not None:
                made[name] = Path(file).read_text(encoding="ascii")
        return made
    name, label = _SECRETS[arguments.type]
    made[name] = getpass.getpass(f"{label}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    return made


def _line(answer: dict[str, Any]) -> str:
    used = f"last used {answer['last_used_at'][:16]} UTC" if answer["last_used_at"] else "not used yet"
    ends = f", ends {answer['expires_at'][:16]} UTC" if answer["expires_at"] else ""
    return f"{answer['connection']}: {answer['type']}, {used}{ends}" + (
        f"\n{answer['warning']}" if answer["warning"] else ""
    )
