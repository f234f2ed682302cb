"""How far up the right function stands among all of them: ``python -m bench.retrieval --data DIR``.

Each request that calls for one function is searched in one large registry, as the resolver searches. A function that
stands in the registry under several versions counts under its name. Shares within the first 1, 5, 10 and 20, with 95 %
intervals.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evals.cases import reader
from evals.score.interval import find_percentile
from registry.offers.shortlist import Shortlist

REGISTRY: Final = "bfcl/registry_bfcl_one_per_name.json"
FILES: Final = ("bfcl_live_act",)
RANKS: Final = (1, 5, 10, 20)
RESAMPLES: Final = 1000


def interval(ranks: Sequence[tuple[str, int]], within: int) -> tuple[float, float, float]:
    """The share and its interval, resampled over groups."""
    groups: dict[str, list[int]] = {}
    for group, rank in ranks:
        groups.setdefault(group, []).append(rank <= within)
    members, chance = list(groups.values()), random.Random(1)
    shares = sorted(
        sum(map(sum, drawn)) / sum(map(len, drawn))
        for drawn in (chance.choices(members, k=len(members)) for _ in range(RESAMPLES))
    )
    return sum(rank <= within for _, rank in ranks) / len(ranks), shares[25], shares[-26]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of cases in the neutral format (docs/guide/evals.md)")
    parser.add_argument("--registry", default=REGISTRY)
    parser.add_argument("--files", nargs="+", default=FILES)
    given = parser.parse_args()
    if given.data is None:
        print("needs --data: cases that are not part of this repository")
        return 0
    offers = reader.read_registry(given.data / given.registry)
    shortlist, names = Shortlist(offers), {each.name.split("@")[0] for each in offers}
    found: dict[str, list[tuple[str, int]]] = {}
    took = []
    for file in given.files:
        for line in (given.data / "cases" / f"{file}.jsonl").read_text("utf-8").splitlines():
            case = reader.read_case(json.loads(line))
            wanted = str(case.expected.get("action") or "").split("@")[0]
            if case.wants != "act" or len(case.actions) != 1 or wanted not in names:
                continue
            began = time.perf_counter()
            best = [each.offer.name.split("@")[0] for each in shortlist.top(case.prompt, max(RANKS))]
            took.append((time.perf_counter() - began) * 1000)
            rank = best.index(wanted) + 1 if wanted in best else sys.maxsize
            found.setdefault(case.source, []).append((case.group, rank))
    print(
        f"{len(offers)} functions; a search takes {find_percentile(took, 0.5):.1f} ms (p50), "
        f"{find_percentile(took, 0.95):.1f} ms (p95)"
    )
    print(f"{'':<24} {'n':>5} " + " ".join(f"{f'within {rank}':>20}" for rank in RANKS))
    for source, ranks in found.items():
        cells = (interval(ranks, within) for within in RANKS)
        print(
            f"{source:<24} {len(ranks):>5} "
            + " ".join(f"{share:.3f} [{low:.3f}, {high:.3f}]" for share, low, high in cells)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
