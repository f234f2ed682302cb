from __future__ import annotations

from typing import Any

import pytest

from evals import external
from evals.external import Case, offer
from evals.score import Entry, judge, rate, report, same


def case(decision: str, action: str | None = None, case_id: str = "c", group: str = "g", **more: Any) -> Case:
    return Case(case_id, "s", group, "words", None, "r.json", {}, {"decision": decision, "action": action, **more}, ())


def acted(params: dict[str, Any], action: str = "a.b") -> Entry:
    return Entry("c", "act", ({"action": action, "params": params},))


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        ("New York, NY", "new-york ny"),
        (1, 1.0),
        ([1, "A"], [1.0, "a"]),
        ({"x": "A b"}, {"x": ["ab", "c"]}),
        (None, None),
    ],
)
def test_values_that_say_the_same_are_the_same(given: Any, accepted: Any) -> None:
    assert same(given, accepted)


@pytest.mark.parametrize(
    ("given", "accepted"),
    [("1", 1), (True, 1), ([1, 2], [2, 1]), ({"x": 1}, {"x": [1], "y": [2]}), ("a", "b"), (0, False)],
)
def test_values_that_differ_are_not_the_same(given: Any, accepted: Any) -> None:
    assert not same(given, accepted)


def test_a_full_call_needs_every_parameter_and_no_other() -> None:
    wanted = case("act", "a.b", params={"x": [1], "y": ["dontcare"]}, may_omit=["y"])
    assert judge(wanted, acted({"x": 1})).full
    assert judge(wanted, acted({"x": 1, "y": "dontcare"})).full
    assert judge(wanted, acted({"x": 1, "y": "other"})).cause == "parameter_other_value"
    assert judge(wanted, acted({})).cause == "parameter_missing"
    assert judge(wanted, acted({"x": 1, "z": 2})).cause == "parameter_too_many"


def test_another_action_is_wrong_and_says_so() -> None:
    verdict = judge(case("act", "a.b", params={}), acted({}, "a.c"))
    assert (verdict.action, verdict.full, verdict.cause) == (False, False, "other_action")


def test_several_actions_count_in_their_order() -> None:
    wanted = case("act", "*multi*", actions=[{"action": "a.b", "params": {}}, {"action": "a.c", "params": {}}])
    right = Entry("c", "act", ({"action": "a.b", "params": {}}, {"action": "a.c", "params": {}}))
    assert judge(wanted, right).full
    assert not judge(wanted, Entry("c", "act", right.calls[::-1])).full


def test_asking_for_exactly_what_is_missing_is_right() -> None:
    wanted = case("clarify", "a.b", missing=["x"])
    right = Entry("c", "clarify", ({"action": "a.b", "params": {}},), ("x",))
    assert judge(wanted, right).full
    assert judge(wanted, Entry("c", "clarify", right.calls, ("y",))).cause == "asked_for_other_parameters"
    assert judge(wanted, acted({})).cause == "acted_where_it_had_to_ask"


@pytest.mark.parametrize("decision", ["abstain", "noop"])
def test_where_nothing_fits_only_acting_is_wrong(decision: str) -> None:
    assert judge(case(decision), Entry("c", "clarify")).full
    assert judge(case(decision), acted({})).cause == "acted_where_nothing_fits"


def test_an_error_is_never_right() -> None:
    assert not judge(case("abstain"), Entry("c", "abstain", error="model_unavailable")).full


def test_an_interval_holds_its_share_and_is_the_same_each_time() -> None:
    verdicts = [
        judge(case("act", "a.b", str(n), str(n), params={}), acted({}, "a.b" if n % 4 else "a.c")) for n in range(40)
    ]
    found = rate(verdicts, lambda v: v.full)
    assert found == rate(verdicts, lambda v: v.full)
    assert found.hits == 30
    assert found.low < found.share < found.high


def test_cases_of_one_group_widen_the_interval() -> None:
    def width(groups: int) -> float:
        verdicts = [
            judge(
                case("act", "a.b", str(n), str(n % groups), params={}),
                acted({}, "a.b" if (n % groups) % 2 else "a.c"),
            )
            for n in range(40)
        ]
        found = rate(verdicts, lambda v: v.full)
        return found.high - found.low

    assert width(4) > width(40)


def test_a_report_counts_abstention_both_ways() -> None:
    made = report(
        [judge(case("abstain"), Entry("c", "abstain")), judge(case("abstain"), acted({})),
         judge(case("act", "a.b", params={}), Entry("c", "abstain"))]
    )  # fmt: skip
    assert (made.abstention_recall.hits, made.abstention_recall.of) == (1, 2)
    assert (made.abstention_precision.hits, made.abstention_precision.of) == (1, 2)
    assert made.causes == {"acted_where_nothing_fits": 1, "abstained_where_it_could_act": 1}


def test_a_foreign_id_parameter_refers_to_the_records_there_are() -> None:
    made = offer({"name": "x", "parameters": {"properties": {"order_id": {}, "other_id": {}}}}, ("order",))
    assert made.annotation("order_id").record == "order"
    assert made.annotation("other_id").record is None


def test_a_connectors_contract_can_be_offered_before_anybody_said_where_its_platform_is() -> None:
    value = {
        "schema": "opsiq/contract/v1", "name": "shop.restock", "title": "Restock", "description": "Orders more.",
        "parameters": {"type": "object"}, "endpoint": {"url": "{base_url}/restock"},
    }  # fmt: skip
    assert external.offer(value).name == "shop.restock"
