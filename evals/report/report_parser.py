"""Parser of untrusted reports: it checks every field's type and bounds before anything uses it.

It also reads a baseline (docs/reference/eval-report.md, ○); what that lacks is empty. Unknown fields are ignored, as
the report's promise allows. ``ParsedReport.entries`` are ordered with the worst first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from core.errors import InvalidInput
from evals.report.report import SCHEMA
from evals.score.metrics import TITLES

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ENTRIES: Final = 20_000
_MOST_DEPTH: Final = 24
_MOST_PARTS: Final = 25 * MAX_ENTRIES
"""Most lists and objects of a file. Eight megabytes of empty lists take fifteen times as much memory as they are
long."""


def _check_age(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError("a moment of this age is wanted")
    return at


Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_check_age)]
Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(max_length=500)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Part = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[float, Field(ge=0, le=1e15)]


class _Read(BaseModel):
    # Built on first use: a start makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False, defer_build=True)


class Share(_Read):
    """A share with its 95 % interval; empty where there was nothing to take one of."""

    value: Part | None = None
    low: Part | None = None
    high: Part | None = None
    hits: Count = 0
    of: Count = 0

    @model_validator(mode="after")
    def _whole(self) -> Share:
        given = [self.value is None, self.low is None, self.high is None]
        if any(given) and not all(given):
            raise ValueError("value, low and high are given together or not at all")
        return self


class Latency(_Read):
    mean: Size = 0.0
    p50: Size = 0.0
    p90: Size = 0.0
    p95: Size = 0.0
    p99: Size = 0.0
    max: Size = 0.0


class Usage(_Read):
    tokens: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    tokens_each: Size = 0.0
    cost: Annotated[str, Field(max_length=40)] | None = None


class Tag(_Read):
    count: Count = 0
    all_right: Share = Share()
    wrong_acts: Count = 0
    unsafe_acts: Count = 0
    asked: Count = 0
    errors: Count = 0


class Pair(_Read):
    """One cell of the confusion among actions."""

    expected: Name
    got: Name
    count: Count
    right: Count


class Point(_Read):
    threshold: Part = 0.0
    coverage: Part
    risk: Part


class SetupFields(_Read):
    """Setup of an eval run, as its report tells it."""

    suites: list[Name]
    resolver: Name
    prompt_version: Name | None = None
    half: Name = ""
    tags: list[Name] = []
    sample: Count | None = None
    seed: int = 1
    repeat: Count = 1
    cassette: Name | None = None
    replay: bool = False


class Call(_Read):
    action: Name
    params: dict[str, JsonValue] | None = None


class EntryFields(_Read):
    """One answer. What only a whole report has is empty in a baseline."""

    id: Name
    take: Count = 0
    case: Annotated[str, Field(max_length=64)]
    prompt: Text = ""
    role: Name = ""
    tags: list[Name] = []
    expected: dict[str, JsonValue] = {}
    decision: Name = ""
    calls: list[Call] = []
    missing: list[Name] = []
    question: Text = ""
    candidates: list[Text] = []
    sources: dict[str, JsonValue] = {}
    held: list[Text] | None = None
    confidence: float | None = None
    ms: Size | None = None
    error: Text = ""
    notes: list[Text] = []
    right: bool
    cause: Name = ""
    detail: Text = ""
    wrong_act: bool = False
    unsafe: bool = False
    invented: list[Name] = []


class _Report(_Read):
    report: Literal["opsiq/eval-report/v1"] = Field(alias="schema")
    title: Name
    made_at: Moment
    opsiq: Name = ""
    setup: SetupFields
    cases_digest: Annotated[str, Field(max_length=100)] = ""
    cases: Count
    answers: Count
    metrics: dict[str, JsonValue]
    tags: Annotated[dict[Name, Tag], Field(max_length=500)] = {}
    causes: Annotated[dict[Name, Count], Field(max_length=200)] = {}
    confusion: Annotated[list[Pair], Field(max_length=5000)] = []
    coverage: Annotated[list[Point], Field(max_length=500)] = []
    operating: Point | None = None
    entries: Annotated[list[EntryFields], Field(max_length=MAX_ENTRIES)]


class Head(_Read):
    """A report without its entries. ``times`` are the milliseconds of each answer that came; ``scores`` are by name, as
    in ``evals.score.metrics.TITLES``."""

    title: Text
    made_at: Moment
    opsiq: Name
    setup: SetupFields
    cases_digest: str
    cases: int
    answers: int
    scores: dict[str, Share]
    pass_hat: dict[str, Part]
    latency_ms: Latency
    usage: Usage
    tags: dict[str, Tag]
    causes: dict[str, int]
    confusion: list[Pair]
    coverage: list[Point]
    operating: Point | None
    times: list[float]
    wrong: int


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """Report of an eval run, read from its file. ``digest`` is of the file's bytes (SHA-256, hex). ``entries`` are
    ordered with the worst first."""

    digest: str
    head: Head
    entries: tuple[EntryFields, ...]


def parse_report(raw: bytes) -> ParsedReport:
    """Parses a report's file. Raises InvalidInput, which says what is wrong with the file and where."""
    if len(raw) > MAX_BYTES:
        raise InvalidInput(
            f"A report has at most {MAX_BYTES >> 20} MiB; this one has {len(raw) / 2**20:.1f}. Sample fewer cases."
        )
    report = _report(_read_json(raw))
    shares, figures = _read_metrics(report.metrics)
    entries = sorted(
        report.entries,
        key=lambda each: (each.right, not each.unsafe, not each.wrong_act, each.cause, each.id, each.take),
    )
    head = Head(
        title=report.title,
        made_at=report.made_at,
        opsiq=report.opsiq,
        setup=report.setup,
        cases_digest=report.cases_digest,
        cases=report.cases,
        answers=report.answers,
        scores=shares,
        **figures,
        tags=report.tags,
        causes=report.causes,
        confusion=report.confusion,
        coverage=report.coverage,
        operating=report.operating,
        times=[each.ms for each in entries if each.ms is not None and not each.error],
        wrong=sum(not each.right for each in entries),
    )
    return ParsedReport(hashlib.sha256(raw).hexdigest(), head, tuple(entries))


def list_outline(entries: Iterable[EntryFields]) -> list[dict[str, Any]]:
    """Lists what ``evals.report.compare`` reads of each entry, and nothing else."""
    kept = {"id", "case", "tags", "right", "wrong_act", "unsafe"}
    return [each.model_dump(include=kept) for each in entries]


def _read_json(raw: bytes) -> Any:
    if raw.count(b"[") + raw.count(b"{") > _MOST_PARTS:
        raise InvalidInput("This file holds more lists and objects than a report. Sample fewer cases.")
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_refuse_number)
        if b"\\u" in raw:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"This file is no UTF-8 text (byte {error.start}). {_MAKE}") from error
    except UnicodeEncodeError as error:
        raise InvalidInput("This file's JSON holds half a character (a lone surrogate).") from error
    except RecursionError as error:
        raise InvalidInput("This file's JSON is nested too deeply to be a report.") from error
    except ValueError as error:
        raise InvalidInput(f"This file is no JSON: {str(error)[:200]}. {_MAKE}") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise InvalidInput(f"This file is no {SCHEMA}. {_MAKE}")
    if _deep(value, 0):
        raise InvalidInput("This file's JSON is nested too deeply to be a report.")
    return value


_MAKE: Final = "`opsiq eval run … --json FILE` writes a report."


def _refuse_number(text: str) -> Any:
    raise ValueError(f"{text} is no number in JSON")


def _deep(value: Any, level: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return level >= _MOST_DEPTH or any(_deep(each, level + 1) for each in inner)


def _report(value: Any) -> _Report:
    try:
        return _Report.model_validate(value)
    except ValidationError as error:
        raise InvalidInput(_explain(error)) from error


def _read_metrics(metrics: Mapping[str, Any]) -> tuple[dict[str, Share], dict[str, Any]]:
    kinds: dict[str, type[BaseModel]] = {"latency_ms": Latency, "usage": Usage, **dict.fromkeys(TITLES, Share)}
    read: dict[str, Any] = {}
    for name, kind in kinds.items():
        try:
            read[name] = kind.model_validate(metrics.get(name) or {})
        except ValidationError as error:
            raise InvalidInput(_explain(error, "metrics", name)) from error
    shares = {name: read[name] for name in TITLES if read[name].of and read[name].value is not None}
    hats = metrics.get("pass_hat") or {}
    if (
        not isinstance(hats, dict)
        or len(hats) > 100
        or not all(isinstance(v, int | float) and 0 <= v <= 1 for v in hats.values())
    ):
        raise InvalidInput("This report can't be read: at metrics.pass_hat: shares by number of tries are wanted.")
    return shares, {
        "latency_ms": read["latency_ms"],
        "usage": read["usage"],
        "pass_hat": {k[:20]: float(v) for k, v in hats.items()},
    }


def _explain(error: ValidationError, *before: str) -> str:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(each)[:60] for each in (*before, *fault["loc"]))
    return f"This report can't be read: at {where or 'its top'}: {fault['msg']}."
