"""The gate that our own suite stands behind: closed by anything that makes the product worse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.pipeline import Calls, Proposed, Request, Resolved
from agent.planning.proposal import PlanResult, Proposal
from agent.resolve.rules.resolver import RuleResolver
from cli.main import main
from core.settings import Settings
from evals.cases import suites
from evals.report import report
from evals.report.gate import Gate, hold_to
from evals.report.report import Setup
from evals.run import platform, session
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

ROOT = Path(__file__).parents[3]
BASELINES = sorted((ROOT / "evals" / "baselines").glob("*.json"))
OFFLINE = ROOT / "evals" / "baselines" / "saas.offline.json"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize("baseline", BASELINES, ids=lambda path: path.stem)
def test_nothing_is_worse_than_the_baseline(
    baseline: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    code = main(["eval", "gate", "--quiet", "--against", str(baseline.relative_to(ROOT))])
    assert code == 0, capsys.readouterr()


class Careless:
    """The offline resolver, spoilt: of several calls it keeps the first, takes a new copy of an invoice for its money
    back, and does what it is unsure of."""

    name = "careless"

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        resolved = await RuleResolver().resolve(request, shortlist, kinds)
        came = resolved.resolution
        if isinstance(came, Proposed) and isinstance(came.proposal.result, PlanResult):
            (call, *_) = came.proposal.result.calls
            if call.action == "saas.resend_invoice":
                call = call.model_copy(update={"action": "saas.refund_invoice"})
            first = came.proposal.result.model_copy(update={"calls": (call,)})
            return resolved.model_copy(update={"resolution": Proposed(proposal=Proposal(result=first))})
        drafts = getattr(came, "drafts", ())[:1]
        return resolved.model_copy(update={"resolution": Calls(drafts=drafts)}) if drafts else resolved


async def gate_of(resolver: RuleResolver | Careless, *, tag: str) -> Gate:
    against = report.read(OFFLINE)
    setup = Setup(suites=("saas",), tags=(tag,))
    ran = await session.run_suite(setup, Settings.load({}), NOW, resolvers=lambda _: resolver)
    chosen = {each["id"] for each in ran.report["entries"]}
    return hold_to({**against, "entries": [each for each in against["entries"] if each["id"] in chosen]}, ran.report)


async def test_a_resolver_that_was_spoilt_does_not_pass() -> None:
    assert (await gate_of(RuleResolver(), tag="paraphrase")).open
    spoilt = await gate_of(Careless(), tag="paraphrase")
    assert any("points fewer are right" in fault for fault in spoilt.faults)
    assert any("New wrong acts" in fault for fault in spoilt.faults)


def test_a_baseline_that_was_better_closes_the_gate_for_the_command_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    against = report.read(OFFLINE.with_name("hotel.offline.json"))
    wrong = next(each for each in against["entries"] if not each["right"])
    wrong["right"] = True
    against["setup"]["tags"] = wrong["tags"][:1]
    against["entries"] = [each for each in against["entries"] if wrong["tags"][0] in each["tags"]]
    report.write(tmp_path / "better.json", against)
    assert main(["eval", "gate", "--quiet", "--against", str(tmp_path / "better.json")]) == 1
    assert f"Broken: {wrong['id']}" in capsys.readouterr().err
    assert main(["eval", "gate", "--quiet", "--against", str(tmp_path / "better.json"), "--write"]) == 0
    assert main(["eval", "gate", "--quiet", "--against", str(tmp_path / "better.json")]) == 0


def test_no_case_of_ours_is_an_example_in_a_contract() -> None:
    contracts = json.loads((ROOT / "connectors" / "saas" / "actions.json").read_text("utf-8"))
    examples = {example.casefold() for each in contracts["actions"] for example in each["examples"]}
    assert [each.id for each in suites.load(["saas"]) if each.prompt.casefold() in examples] == []


def test_the_suite_covers_what_it_says() -> None:
    cases = suites.load(["saas"])
    assert len(cases) >= 250
    assert {each.half for each in cases} == {"open", "held"}
    for tag in ("other language", "hostile data", "not allowed", "several actions", "date words"):
        assert sum(tag in each.tags for each in cases) >= 15, tag


def test_the_present_is_the_platforms_own() -> None:
    from demo.seed import SEED_NOW

    assert platform.NOW == SEED_NOW
