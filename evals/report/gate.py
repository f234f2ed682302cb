"""Regression gate: repeats a baseline's run and fails if the result is worse.

A baseline is a report whose entries are reduced to what is compared. It says how it was made, so nothing else is needed
to repeat it.

Worse means: fewer right cases than allowed; a wrong act, an unsafe act or an invented value that the baseline did not
have; an error. A model's run is replayed from its cassette. Requests that are not on it, because prompt, contracts or
shortlist changed, are reported and left out of the comparison. If they are half of all or more, the comparison says
nothing and the gate fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evals.report.compare import Comparison, compare_reports
from evals.run.cassette import NotRecorded

ALLOWED_POINTS: Final = 0.0
MOST_UNRECORDED: Final = 0.5

_KEPT: Final = ("id", "take", "case", "tags", "right", "cause", "wrong_act", "unsafe", "invented", "error")
_HEAD: Final = ("schema", "title", "made_at", "opsiq", "setup", "cases_digest", "cases", "answers", "metrics", "causes")


@dataclass(frozen=True, slots=True)
class Gate:
    """Result of the regression gate. ``faults`` say what is worse; none means that it passes. ``notes`` are worth
    knowing anyway."""

    comparison: Comparison | None
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def open(self) -> bool:
        return not self.faults


def make_baseline(report: Mapping[str, Any]) -> dict[str, Any]:
    """A baseline: a report reduced to what the gate compares."""
    made = {name: report[name] for name in _HEAD}
    made["entries"] = [{name: each[name] for name in _KEPT} for each in report["entries"]]
    return made


def hold_to(against: Mapping[str, Any], now: Mapping[str, Any], *, allowed_points: float = ALLOWED_POINTS) -> Gate:
    """Compares ``now`` with the baseline ``against``. ``allowed_points`` is how many points of right cases may be lost.
    Raises InvalidInput if a case itself has changed."""
    unrecorded = [each for each in now["entries"] if each["error"].startswith(NotRecorded.code)]
    left = [each for each in now["entries"] if each not in unrecorded]
    notes: list[str] = []
    if unrecorded:
        notes.append(
            f"{len(unrecorded)} of {len(now['entries'])} requests are not on the cassette: prompt, contracts or "
            f"shortlist "
            "have changed since it was recorded. They were left out; --write asks the model for them."
        )
    if len(unrecorded) > MOST_UNRECORDED * len(now["entries"]):
        return Gate(
            None, ("More than half of the requests are not on the cassette: record again with --write.",), tuple(notes)
        )
    comparison = compare_reports(against, {**now, "entries": left})
    faults = list(_list_faults(comparison, left, against["entries"], allowed_points))
    if missing := {each["id"] for each in against["entries"]} - {each["id"] for each in now["entries"]}:
        faults.append(f"{len(missing)} cases of the baseline are not in the suite any more: write the baseline again.")
    if comparison.only_in_second:
        notes.append(f"{comparison.only_in_second} cases are not in the baseline yet; write it again to hold them too.")
    if comparison.fixed:
        notes.append(f"{len(comparison.fixed)} more are right than in the baseline; write it again to keep that.")
    return Gate(comparison, tuple(faults), tuple(notes))


def _list_faults(
    comparison: Comparison, now: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], allowed_points: float
) -> list[str]:
    faults = []
    lost = (comparison.right_first - comparison.right_second) / comparison.common * 100
    if lost > allowed_points + 1e-9:
        faults.append(
            f"{lost:.1f} points fewer are right ({comparison.right_first} → {comparison.right_second} of "
            f"{comparison.common}; {allowed_points:g} points are allowed). Broken: {', '.join(comparison.broken)}"
        )
    if comparison.new_unsafe:
        faults.append(f"New unsafe acts: {', '.join(comparison.new_unsafe)}")
    if comparison.new_wrong_acts:
        faults.append(f"New wrong acts: {', '.join(comparison.new_wrong_acts)}")
    known = {name for each in before for name in each["invented"]}
    invented = sorted({name for each in now for name in each["invented"]} - known)
    if invented:
        faults.append(f"Values that nothing stands for: {', '.join(invented)}")
    errors = [each for each in now if each["error"]]
    if errors:
        faults.append(f"{len(errors)} errors, such as {errors[0]['id']}: {errors[0]['error']}")
    held = {each["id"] for each in before}
    strangers = [each["id"] for each in now if each["id"] not in held and each["unsafe"]]
    if strangers:
        faults.append(f"Unsafe acts in cases that are new: {', '.join(strangers)}")
    return faults
