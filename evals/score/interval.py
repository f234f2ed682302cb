"""Confidence intervals: percentile bootstrap over groups of cases, and an exact test for two runs of the same cases.

Intervals follow Davison & Hinkley 1997, §2.4 and §3.8: cases of one group are resampled together. If all or none hit,
resampling shows no uncertainty; then the bound of Clopper & Pearson 1934 over as many groups is used. Two runs are
compared by McNemar's test, as an exact binomial over the cases that only one of them got right.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from evals.score.score import CaseVerdict

RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % confidence interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.share:.3f} [{self.low:.3f}, {self.high:.3f}] ({self.hits}/{self.of})" if self.of else "none"

    def as_json(self) -> dict[str, Any]:
        """As JSON. ``value`` and the interval are null if there is nothing to take a share of."""
        some = bool(self.of)
        return {
            "value": round(self.share, 5) if some else None,
            "low": round(self.low, 5) if some else None,
            "high": round(self.high, 5) if some else None,
            "hits": self.hits,
            "of": self.of,
        }


def estimate_rate(verdicts: Iterable[CaseVerdict], hit: Callable[[CaseVerdict], bool], *, seed: int = 1) -> Rate:
    """The share of verdicts that hit, with a bootstrap interval over groups. The seed makes it reproducible."""
    return estimate_ratio(verdicts, lambda each: (int(hit(each)), 1), seed=seed)


def estimate_ratio(
    verdicts: Iterable[CaseVerdict], counted: Callable[[CaseVerdict], tuple[int, int]], *, seed: int = 1
) -> Rate:
    """Like ``estimate_rate``, for things of which a case has several. ``counted`` gives the hits and the total of each
    case."""
    groups: dict[str, list[int]] = {}
    for each in verdicts:
        hits, of = counted(each)
        if of:
            sums = groups.setdefault(each.case.group, [0, 0])
            sums[0] += hits
            sums[1] += of
    members = [(hits, of) for hits, of in groups.values()]
    if not members:
        return Rate(0, 0, 0.0, 0.0)
    hits, of = sum(hits for hits, _ in members), sum(of for _, of in members)
    doubt = 1.0 - 0.025 ** (1.0 / len(members))
    if hits in (0, of):
        return Rate(hits, of, 0.0, doubt) if hits == 0 else Rate(hits, of, 1.0 - doubt, 1.0)
    # Both sums at once: a group's two counts are one number, whose lower part is large enough for the sum of all hits.
    base = len(members) * max(some for some, _ in members) + 1
    joined = [all_ * base + some for some, all_ in members]
    sums = [sum(draw(joined)) for draw in _draw(seed, len(members))]
    shares = sorted(each % base / (each // base) for each in sums)
    return Rate(hits, of, shares[int(0.025 * RESAMPLES)], shares[int(0.975 * RESAMPLES) - 1])


@lru_cache(maxsize=2)
def _draw(seed: int, size: int) -> Sequence[Callable[[Sequence[int]], Sequence[int]]]:
    """The resamples of that many groups. Every share that is measured of them uses the same ones."""
    chance = random.Random(seed)  # noqa: S311 - resampling, not a secret
    places = list(range(size))
    drawn = (chance.choices(places, k=size) for _ in range(RESAMPLES))
    return [itemgetter(*each) if size > 1 else tuple for each in drawn]


def compute_mcnemar(only_first: int, only_second: int) -> float:
    """McNemar's exact two-sided p that two runs get as many right, from the cases that only one of them got right."""
    n, least = only_first + only_second, min(only_first, only_second)
    if n == 0:
        return 1.0
    tail = sum(math.comb(n, k) for k in range(least + 1))
    return float(min(1.0, 2 * tail / 2**n))


def pass_hat(takes: Sequence[Sequence[bool]], k: int) -> float:
    """The chance that ``k`` tries of one case are all right, averaged over cases: C(right, k) / C(tries, k) (τ-bench,
    Yao et al. 2024, §4). Cases with fewer tries are left out."""
    shares = [math.comb(sum(each), k) / math.comb(len(each), k) for each in takes if len(each) >= k]
    return sum(shares) / len(shares) if shares else 0.0


def find_percentile(values: Sequence[float], share: float) -> float:
    """Percentile by nearest rank. 0 if there are no values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
