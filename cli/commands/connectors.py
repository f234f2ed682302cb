"""``opsiq connectors``: lists the connectors of a running server, and manages the secrets shared with platforms."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "connectors",
        help="list connectors, share a webhook secret with a platform",
        description="The connectors of a running server's workspace.",
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
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import client

    server = client()
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


def _line(each: dict[str, Any]) -> str:
    kinds = ", ".join(kind["name"] for kind in each["kinds"])
    return f"{each['name']:<16}  {each['state']:<9}  {each['title']}  [{each['broken'] or kinds}]"
