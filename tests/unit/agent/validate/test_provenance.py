"""Nothing without a source: every value of every payload can be recomputed from what its source names."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.extract.parameter_reader import read_exact
from agent.pipeline import DefaultSource, Draft, ParameterValue, Plan, PromptSource, RecordSource, Step
from agent.validate.slots import find_currency
from registry.contract import Contract
from tests.unit.agent.validate.fake_platform import NOW, SAAS, Case, params, spans

PEOPLE = ("Adam Novak", "Berta", "Berta Lind", "Cleo", "Adam")
PLACES = ("last", "first", "biggest", "last paid", "last open", "")
AMOUNTS = ("20", "20 euros", "12.50", "€7", "20 dollars", "seven euros", "0", "half", "all")


def recomputed(case: Case, step: Step, filled: ParameterValue, contract: Contract) -> Any:
    source = filled.source
    if isinstance(source, DefaultSource):
        return contract.properties[filled.param]["default"]
    if isinstance(source, RecordSource):
        kind = case.kinds.get(source.record_kind)
        assert kind is not None
        assert any((pin.record_kind, pin.record_id) == (source.record_kind, source.record_id) for pin in step.pins)
        row = next(row for row in case.platform.rows[kind.name] if str(row[kind.id_field]) == source.record_id)
        return row[source.field]
    assert isinstance(source, PromptSource)
    assert all(case.request.words(span.origin)[span.start : span.end] == span.text for span in source.spans)
    words = " ".join(span.text for span in source.spans)
    annotation = contract.annotation(filled.param)
    currency = next((each.value for each in step.filled if each.param == annotation.currency_from), None)
    if currency is not None:
        annotation = annotation.model_copy(update={"currency": currency})
        said = find_currency(words)
        assert said is None or said.currency == currency
    reading = read_exact(
        words, name=filled.param, schema=contract.properties[filled.param], annotation=annotation, now=NOW
    )
    assert reading is not None
    return reading.value


def check(case: Case, plan: Plan) -> None:
    for at, step in enumerate(plan.steps):
        contract = case.catalogue.version(step.action, step.version)
        assert contract is not None
        sent = params(plan, at)
        assert set(sent) == {each.param for each in step.filled}
        for filled in step.filled:
            assert filled.value == sent[filled.param]
            assert recomputed(case, step, filled, contract) == filled.value


@settings(max_examples=120, deadline=None)
@given(who=st.sampled_from(PEOPLE), place=st.sampled_from(PLACES), amount=st.sampled_from(AMOUNTS), when=st.booleans())
async def test_every_value_of_a_refund_traces_to_its_source(who: str, place: str, amount: str, when: bool) -> None:
    mention = f"{who}'s {place} invoice".replace("  ", " ")
    arguments = {"invoice_id": mention, "reason": "by mistake"} | ({"amount": amount} if when else {})
    case = Case(f"refund {amount} of {mention} because by mistake", ("saas.refund_invoice", arguments))
    made = await case.ask()
    if isinstance(made, Plan):
        check(case, made)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
async def test_a_worst_case_resolver_can_point_at_words_but_put_no_value_of_its_own(data: st.DataObject) -> None:
    """Any action, any of its parameters, any words of the request or claims about them."""
    text = "refund 20 euros of Berta's last invoice INV-1012, ticket 5519, urgent because by mistake"
    contract = data.draw(st.sampled_from(SAAS))
    case = Case(text)
    words = text.split()
    arguments: dict[str, Any] = {}
    for name in data.draw(st.lists(st.sampled_from([*contract.properties, "evil"]), unique=True)):
        start = data.draw(st.integers(0, len(words) - 1))
        stop = data.draw(st.integers(start + 1, len(words)))
        claimed = spans(case.request, " ".join(words[start:stop]))
        if data.draw(st.booleans()):
            claimed = (claimed[0].model_copy(update={"text": "INV-1011"}),)
        value = data.draw(st.sampled_from([31, "urgent", "now", True, None]))
        choice = {"kind": "choice", "value": value, "spans": claimed}
        arguments[name] = choice if data.draw(st.booleans()) else {"kind": "mention", "spans": claimed}
    case.drafts = (Draft.model_validate({"action": contract.name, "arguments": arguments}),)
    made = await case.ask()
    if isinstance(made, Plan):
        assert "evil" not in arguments
        for filled in made.steps[0].filled:
            member = contract.properties[filled.param].get("enum")
            if member is not None and isinstance(filled.source, PromptSource):
                assert filled.value in member
                assert all(text[span.start : span.end] == span.text for span in filled.source.spans)
            else:
                assert recomputed(case, made.steps[0], filled, contract) == filled.value
