"""What the costliest texts cost to read: ``python -m bench.reading_cost [--texts N] [--seed S] [--budget-s B]``.

A cost-guided fuzzer over the whole planning path: a text is resolved and validated against records, what is then asked
is answered with another such text, and a card is edited; each of these readings has the CPU budget of a server. A third
of the texts are made by a grammar of what people type and of what breaks readers (quotes, commas, newlines, digits,
brackets, unicode, "and", names, dates, with units repeated hundreds of times), the others by mutations of the
costliest so far and of plain requests. Prints the worst, and how many met the budget (they are refused, in words);
exits with 1 if a reading took longer than ``--limit-s`` for all that, or if anything was raised. SIGTERM ends a long
campaign early, with what it has found.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import logging
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from bench._reading.setup import BUDGET_S, contexts, forget
from bench._reading.texts import Texts

log = logging.getLogger(__name__)

LIMIT_S: Final = 0.5
"""Of CPU, for one reading."""

_ended: Final[list[int]] = []
"""The signals that have asked for the end of a campaign."""


@dataclass
class Measured:
    """What came of a campaign: the worst texts with their CPU seconds, and everything that was raised. ``met`` counts
    the texts that spent their budget, ``over`` those that took more than the limit."""

    worst: list[tuple[float, int, str, tuple[str, ...]]] = field(default_factory=list)
    raised: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    costs_s: list[float] = field(default_factory=list)
    met: int = 0
    over: int = 0
    total_s: float = 0.0


def campaign(
    count: int,
    seed: int,
    *,
    budget_s: float = BUDGET_S,
    limit_s: float = LIMIT_S,
    most_s: float = 1e9,
    worst: int = 20,
    short: bool = False,
) -> Measured:
    """Reads ``count`` texts, or as many as ``most_s`` seconds of CPU allow. ``short``: most of them as long as requests
    are."""
    chance = random.Random(seed)
    texts, every, made = Texts(chance, short=short), contexts(budget_s), Measured()
    with asyncio.Runner() as runner:
        for at in range(count):
            if made.total_s > most_s or _ended:
                break
            text = texts.next()
            answers = tuple(texts.short() for _ in range(chance.choice((0, 1, 2))))
            forget()
            took = 0.0
            try:
                read = runner.run(every[at % len(every)].read(text, answers))
            except Exception as error:
                verdict = type(error).__name__
                log.exception("raised by %r, answered %r", text, answers)
                made.raised.append((repr(error)[:200], text, answers))
            else:
                verdict, took = "TooCostly" if read.too_costly else type(read.verdict).__name__, read.cost_s
            made.total_s += took
            made.costs_s.append(took)
            made.verdicts[verdict] += 1
            made.met += verdict == "TooCostly"
            made.over += took > limit_s
            texts.learn(took, text)
            for each in answers:
                if took > budget_s / 2:
                    texts.learn(took, each)
            (heapq.heappush if len(made.worst) < worst else heapq.heappushpop)(made.worst, (took, at, text, answers))
    made.worst.sort(reverse=True)
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget-s", type=float, default=BUDGET_S)
    parser.add_argument("--limit-s", type=float, default=LIMIT_S)
    parser.add_argument(
        "--short", action="store_true", help="most texts as long as requests are: more of them in the same time"
    )
    parser.add_argument("--show", type=int, default=10, metavar="N", help="print the worst N")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: _ended.append(number))
    made = campaign(
        arguments.texts,
        arguments.seed,
        budget_s=arguments.budget_s,
        limit_s=arguments.limit_s,
        worst=max(1, arguments.show),
        short=arguments.short,
    )
    for took, at, text, answers in made.worst[: arguments.show]:
        print(f"{took:7.3f} s  #{at}  {len(text)} chars {text[:160]!r}")
        for each in answers:
            print(f"           answered ({len(each)} chars) {each[:120]!r}")
    for error, text, answers in made.raised[: arguments.show]:
        print(f"raised {error}: {text[:200]!r} {[each[:100] for each in answers]}")
    costs = sorted(made.costs_s)
    count = len(costs)
    mean_ms, p99_ms = 1000 * made.total_s / max(1, count), 1000 * costs[count * 99 // 100]
    print(
        f"{count} texts, seed {arguments.seed}: worst {costs[-1]:.3f} s CPU, mean {mean_ms:.1f} ms, "
        f"p99 {p99_ms:.0f} ms, "
        f"{made.met} met the budget of {arguments.budget_s} s, {made.over} over {arguments.limit_s} s, "
        f"{len(made.raised)} raised; {dict(made.verdicts.most_common())}"
    )
    return 1 if made.over or made.raised else 0


if __name__ == "__main__":
    sys.exit(main())
