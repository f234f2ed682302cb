"""Fits the weights of ``agent.resolve.rules.scoring`` to cases: a logistic regression over (case, candidate) pairs, its
marks computed afresh.

    python -m evals.score.calibrate DATA CASES.jsonl …

prints the weights to copy, rounded, and how the thresholds trade acting rightly against acting wrongly. Cases count
equally by file, so that a long file does not outweigh a short one. Only general marks are fitted: nothing here can
learn an action's name.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.resolve.rules.clauses import parse_clause
from agent.resolve.rules.ranking import rank_offers
from agent.resolve.rules.scoring import WEIGHTS
from evals.cases import reader
from evals.cases.reader import Case
from evals.cases.registry_files import load_context
from registry.records import RecordKind

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STEPS = 300
RATE = 0.3
RIDGE = 0.001


@dataclass(frozen=True, slots=True)
class Choice:
    """One case: its candidates' marks, the right one's place among them (None: none is right), and how much the case
    counts."""

    candidates: tuple[Mapping[str, float], ...]
    right: int | None
    weight: float


def list_choices(cases: Sequence[Case], data: Path) -> Iterator[Choice]:
    """A choice for each case that wants one action or none, and whose right action was found at all."""
    for case in cases:
        wanted = case.expected.get("action")
        if case.expected.get("actions") or case.expected["decision"] == "noop":
            continue
        context = load_context(case, data)
        kinds: tuple[RecordKind, ...] = context.records.kinds() if context.records else ()
        found = rank_offers(parse_clause(case.prompt), context.shortlist, kinds, case.now or NOW)
        names = [context.stands_for.get(each.offer.name, each.offer.name) for each in found]
        if found and (wanted is None or wanted in names):
            right = None if wanted is None else names.index(wanted)
            yield Choice(tuple(each.marks for each in found), right, 1.0 / len(cases))


def compute_likelihoods(choice: Choice, bias: float, weights: Mapping[str, float]) -> list[float]:
    strengths = [
        math.exp(bias + sum(weight * marks[name] for name, weight in weights.items())) for marks in choice.candidates
    ]
    return [strength / (1.0 + sum(strengths)) for strength in strengths]


def fit(found: Sequence[Choice]) -> tuple[float, dict[str, float]]:
    """Bias and weights that make what was right likely: gradient ascent with momentum and a ridge, over all choices at
    once."""
    names = list(WEIGHTS)
    bias, weights = 0.0, dict.fromkeys(names, 0.0)
    total = sum(choice.weight for choice in found)
    momentum = dict.fromkeys([*names, ""], 0.0)
    for _ in range(STEPS):
        gradient = dict.fromkeys([*names, ""], 0.0)
        for choice in found:
            for at, likely in enumerate(compute_likelihoods(choice, bias, weights)):
                error = choice.weight / total * (float(at == choice.right) - likely)
                gradient[""] += error
                for name in names:
                    gradient[name] += error * choice.candidates[at][name]
        for name in names:
            momentum[name] = 0.9 * momentum[name] + gradient[name] - RIDGE * weights[name]
            weights[name] += RATE * momentum[name]
        momentum[""] = 0.9 * momentum[""] + gradient[""]
        bias += RATE * momentum[""]
    return bias, weights


def main(arguments: Sequence[str]) -> int:
    data, *files = [Path(each) for each in arguments]
    found = [choice for file in files for choice in list_choices(reader.read_cases(file), data)]
    bias, weights = fit(found)
    lines = [f"BIAS = {bias:.2f}", *(f'    "{name}": {value:.2f},' for name, value in weights.items())]
    best = []
    for choice in found:
        likely = compute_likelihoods(choice, bias, weights)
        top = max(range(len(likely)), key=likely.__getitem__)
        best.append((likely[top], choice.right, top == choice.right))
    answerable = sum(right is not None for _, right, _ in best)
    for percent in range(20, 85, 5):
        acted = [(right, hit) for likely, right, hit in best if likely >= percent / 100]
        rightly = sum(hit for _, hit in acted)
        astray = sum(right is None for right, _ in acted)
        lines.append(
            f"from {percent} %: right {rightly}/{answerable}, acted on nothing {astray}/{len(best) - answerable}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
