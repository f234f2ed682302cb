"""``opsiq trigger``: publishes a universal event's sample, to see what reacts to it."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "trigger",
        help="fire an event with sample data",
        description="Fire an event on a running server: a universal one with its sample, or any with data of your own.",
    )
    made.add_argument("event", nargs="?", help="invoice.paid, order.shipped, …; without one, all of them are listed")
    made.add_argument("--data", help="a JSON object to send instead of the sample")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from core import canon
    from core.errors import InvalidInput
    from registry.events import event_catalogue

    if not arguments.event:
        for each in event_catalogue.load_event_types().values():
            if not event_catalogue.is_own(each.name):
                print(f"{each.name:32} {each.description}")
        return 0
    known = event_catalogue.get(arguments.event)
    if arguments.data is not None:
        data = canon.loads(arguments.data)
    elif known is not None:
        data = dict(known.sample)
    else:
        meant = event_catalogue.suggest(arguments.event) or " `opsiq trigger` lists them."
        raise InvalidInput(f"{arguments.event} is no universal event and has no sample: give it --data '{{…}}'.{meant}")

    from cli.client import make_client

    fired = make_client().post("/v1/events/fire", {"event": arguments.event, "data": data})
    print(json.dumps(fired, ensure_ascii=False))
    return 0
