"""``python -m tests.interop``: everyday requests through the whole gate, against platforms that nobody here wrote.

Each platform is installed and started on this machine; each request ends in a card or not, each right card is
confirmed, and the platform itself is asked what came of it. Exit code 0 when, for every platform, at least 80 of 100
requests ended right and no card was wrong; 1 when not."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from tests.interop.directus_here import Directus
from tests.interop.installation import Installation, say
from tests.interop.pretix_here import Pretix
from tests.interop.run import Outcome, read_requests, run

GOAL = 0.8
PLATFORMS: dict[str, type[Installation]] = {"pretix": Pretix, "directus": Directus}


def asked(installation: Installation, only: int | None) -> list[Outcome]:
    requests = read_requests(Path(__file__).parent / f"requests_{installation.name}.json")
    installation.install()
    with tempfile.TemporaryDirectory(prefix="opsiq-interop-") as folder, installation.running(Path(folder)) as platform:
        say(f"{installation.name} runs at {platform.base_url}")
        return asyncio.run(run(platform, requests[:only]))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.interop", description=__doc__)
    parser.add_argument("platforms", nargs="*", help="which ones; all, if none is named")
    parser.add_argument("--only", type=int, help="how many of the requests, from the first on")
    given = parser.parse_args(arguments)
    logging.getLogger("opsiq").setLevel(logging.ERROR)
    good = True
    lines = []
    for name in given.platforms or PLATFORMS:
        made = asked(PLATFORMS[name](), given.only)
        right = sum(each.right for each in made)
        wrong = sum(each.card == "wrong" for each in made)
        odd = sum(each.card == "right" and not each.right for each in made)
        lines.append(
            f"{name}: {right} of {len(made)} right ({right / len(made):.0%}), "
            f"{len(made) - right - wrong - odd} asked or refused, {wrong} wrong cards, {odd} ended otherwise"
        )
        good = good and wrong == 0 and right >= GOAL * len(made)
    for line in lines:
        say(line)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
