"""How much a model is shown among 100, 1,000 and 10,000 contracts: ``python -m bench.prompt``.

Characters of the rendered prompt, and tokens where ``--model-url`` names a llama.cpp server to count them. The registry
is that of ``bench.resolve``.
"""

from __future__ import annotations

import argparse
import json
import random
import urllib.request

from agent.pipeline import Request
from agent.resolve.model.resolver import prepare
from bench.resolve import NOW, offers, requests
from registry.offers.shortlist import Shortlist


def tokens(text: str, url: str) -> int:
    asked = urllib.request.Request(
        f"{url.removesuffix('/v1')}/tokenize",
        json.dumps({"content": text}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return len(json.load(answer)["tokens"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--model-url")
    given = parser.parse_args()
    for count in (100, 1_000, 10_000):
        chance = random.Random(7)
        shortlist = Shortlist(offers(count, chance))
        sizes, counted = [], []
        for text in requests(given.requests, chance):
            request = Request(text=text, now=NOW)
            shown = "\n".join(each["content"] for each in prepare(request, shortlist, ()).messages)
            sizes.append(len(shown))
            if given.model_url:
                counted.append(tokens(shown, given.model_url))
        told = f", {sum(counted) / len(counted):.0f} tokens (at most {max(counted)})" if counted else ""
        print(
            f"{count:>6} contracts: {sum(sizes) / len(sizes):.0f} characters (at most {max(sizes)}){told}", flush=True
        )


if __name__ == "__main__":
    main()
