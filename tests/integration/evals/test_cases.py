from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.resolve.rules.resolver import RuleResolver
from cli.main import main
from core.errors import InvalidInput
from evals.cases import reader, tables
from evals.run import environment
from evals.run.answer import answer
from evals.run.runner import run
from evals.score.score import CaseVerdict
from registry.offers.shortlist import Shortlist
from registry.records import Query
from tests.integration.evals.conftest import case, write

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def verdicts(path: Path, data: Path) -> list[CaseVerdict]:
    cases = reader.read_cases(path)
    async with environment.open_environment(cases, data=data, now=NOW) as opened:
        return await run(cases, opened, lambda _: RuleResolver())


async def test_cases_are_answered_and_judged(data: Path) -> None:
    path = write(
        data,
        case("set the volume to 80", {"decision": "act", "action": "set_volume", "params": {"volume": [80]}}),
        case("what is the capital of France?", {"decision": "abstain", "action": None}),
    )
    assert [each.full for each in await verdicts(path, data)] == [True, True]


async def test_a_record_is_looked_up_and_its_id_is_sent_with_its_source(data: Path) -> None:
    records = tables.load(data / "tables")
    shortlist = Shortlist(reader.read_registry(data / "registry.json", [kind.name for kind in records.kinds()]))
    entry = await answer(
        "c", "cancel order #W2", shortlist=shortlist, resolver=RuleResolver(), now=NOW, records=records
    )
    assert entry.decision == "act"
    assert entry.calls == ({"action": "cancel_order", "params": {"order_id": "#W2"}},)
    assert entry.sources is not None
    assert entry.sources["0.order_id"]["record_id"] == "#W2"


async def test_a_record_that_does_not_exist_is_asked_for(data: Path) -> None:
    records = tables.load(data / "tables")
    shortlist = Shortlist(reader.read_registry(data / "registry.json", [kind.name for kind in records.kinds()]))
    entry = await answer(
        "c", "cancel order #W9", shortlist=shortlist, resolver=RuleResolver(), now=NOW, records=records
    )
    assert (entry.decision, entry.missing) == ("clarify", ("order_id",))


async def test_a_value_outside_the_schema_is_not_acted_on(data: Path) -> None:
    shortlist = Shortlist(reader.read_registry(data / "registry.json"))
    entry = await answer("c", "set the volume to 800", shortlist=shortlist, resolver=RuleResolver(), now=NOW)
    assert entry.decision == "clarify"


async def test_tables_become_kinds_with_ids_names_and_emails(data: Path) -> None:
    records = tables.load(data / "tables")
    assert [(kind.name, kind.id_field) for kind in records.kinds()] == [("order", "order_id"), ("user", "id")]
    (found,) = await records.search(Query("user", text="novak"))
    assert found.values["name"] == "Ada Novak"
    assert await records.get("user", "u2") is None


def test_a_line_that_is_no_case_is_named(data: Path) -> None:
    path = data / "broken.jsonl"
    path.write_text('{"id": 1}\n', "utf-8")
    with pytest.raises(InvalidInput, match="Line 1"):
        reader.read_cases(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no", "it is not JSON"),
        ('{"id": 1}', "it has no 'expected'"),
        ('{"id": 1, "expected": {"decision": "do"}}', "a decision is one of abstain, act, answer, clarify, noop"),
        ('{"id": 1, "expected": 7}', "another form than it takes"),
        (
            '{"id": 1, "prompt": "x", "expected": {"decision": "act", "action": "set_volume", "params": '
            '{"volume": 80}}}',
            "a list of right values for each parameter, so 'volume' is [80]",
        ),
        (
            '{"id": 1, "prompt": "x", "expected": {"decision": "abstain", "never": [{"params": {"to": "me"}}]}}',
            """so 'to' is ["me"]""",
        ),
        (
            '{"id": 1, "prompt": "x", "expected": {"decision": "act", "actions": [{"params": {}}]}}',
            "names its 'action'",
        ),
        ('{"id": 1, "prompt": "x", "expected": {"decision": "act", "action": ["a"]}}', """a name, not ["a"]"""),
    ],
)
def test_a_line_that_is_no_case_is_told_in_words_before_anything_is_asked(data: Path, line: str, told: str) -> None:
    path = data / "broken.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(InvalidInput) as raised:
        reader.read_cases(path)
    assert told in raised.value.detail


async def test_a_case_that_offers_an_unknown_action_is_refused(data: Path) -> None:
    path = write(data, case("x", {"decision": "abstain"}, registry=["nope"], registry_file="registry.json"))
    with pytest.raises(InvalidInput, match="nope"):
        await verdicts(path, data)


def test_resolve_prints_what_would_be_done(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["resolve", "set the volume to 80", "--registry", str(data / "registry.json"), "--json"])
    assert code == 0
    assert json.loads(capsys.readouterr().out)["calls"] == [{"action": "set_volume", "params": {"volume": 80}}]


@pytest.mark.parametrize(("text", "loan"), [("renew Dune", 17), ("extend loan 18", 18)])
def test_ids_of_a_csv_table_are_the_integers_that_the_contract_takes(
    data: Path, capsys: pytest.CaptureFixture[str], text: str, loan: int
) -> None:
    contract = {
        "schema": "opsiq/contract/v1", "name": "library.renew_loan", "title": "Renew a loan", "description": "Let a reader keep a book.",  # noqa: E501
        "surfaces": ["admin"], "roles": ["owner"], "confirmation": {"policy": "always"},
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["loan_id"],
            "properties": {"loan_id": {"type": "integer", "description": "The loan."}},
        },
        "annotations": {"loan_id": {"record": "loan"}},
        "endpoint": {"url": "https://library.example/renew"}, "examples": ["renew Dune", "extend loan 17"],
    }  # fmt: skip
    (data / "shelf").mkdir()
    (data / "shelf" / "loans.csv").write_text("id,title,reader\n17,Dune,Ines\n18,Emma,Theo\n", "utf-8")
    (data / "actions.json").write_text(json.dumps({"actions": [contract]}), "utf-8")
    main(["resolve", text, "--registry", str(data / "actions.json"), "--records", str(data / "shelf"), "--json"])
    assert [each["params"]["loan_id"] for each in json.loads(capsys.readouterr().out)["calls"]] == [loan]


def test_resolve_tells_by_its_exit_code_that_nothing_would_be_done(data: Path) -> None:
    assert main(["resolve", "who am I?", "--registry", str(data / "registry.json")]) == 3
