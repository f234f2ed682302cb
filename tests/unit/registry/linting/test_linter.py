"""Every fault of a contract is found at its place, with a code and the mend."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract_file import with_base_url
from registry.linting.linter import is_advice, lint
from tests.unit.registry.samples import REMOVED, changed, sample

PROPERTIES = "parameters/properties"

CASES: list[tuple[str, Any, str, str]] = [
    # changed at, to, code, pointer
    ("schema", "opsiq/contract/v3", "literal_error", "/schema"),
    ("schema", "opsiq/contract/v2", "value_error", ""),
    ("name", "refund", "string_pattern_mismatch", "/name"),
    ("name", REMOVED, "missing", "/name"),
    ("titel", "x", "extra_forbidden", "/titel"),
    ("version", "1", "wrong_type", "/version"),
    ("idempotent", "yes", "wrong_type", "/idempotent"),
    ("title", "Refund\u202e an invoice", "hidden_character", "/title"),
    ("title", "Refund an invoice\u115f", "hidden_character", "/title"),
    ("title", "Refund\u2800an invoice", "hidden_character", "/title"),
    ("description", "Pays it back.\ufe0f\ufe0e\U000e0101", "hidden_character", "/description"),
    ("annotations/amount/label", "Amo\u200bunt", "hidden_character", "/annotations/amount/label"),
    ("examples", [], "warn_no_examples", "/examples"),
    ("roles", [], "warn_no_roles", "/roles"),
    ("roles", ["owner", "evaluator"], "evaluator_role", "/roles/1"),
    ("surfaces", [], "warn_no_surfaces", "/surfaces"),
    ("undo", "saas.refund_invoice", "undo_itself", "/undo"),
    ("result", {"type": "objekt"}, "result_schema", "/result/type"),
    ("result", {"$ref": "https://elsewhere.example/s.json"}, "result_schema", "/result/$ref"),
    ("description", "x" * 2001, "string_too_long", "/description"),
    ("aliases", [f"{index} " + "y" * 190 for index in range(400)], "too_large", ""),
    # parameters
    ("parameters/type", "array", "parameters_not_object", "/parameters/type"),
    ("parameters/additionalProperties", REMOVED, "additional_properties", "/parameters/additionalProperties"),
    ("parameters/additionalProperties", True, "additional_properties", "/parameters/additionalProperties"),
    ("parameters/additionalProperties", {}, "additional_properties", "/parameters/additionalProperties"),
    ("parameters/patternProperties", {"^x": {}}, "parameters_keyword", "/parameters/patternProperties"),
    ("parameters/required", ["invoice"], "required_unknown", "/parameters/required"),
    ("parameters/required", "invoice_id", "parameters_schema", "/parameters/required"),
    ("parameters/properties", ["invoice_id"], "parameters_schema", "/parameters/properties"),
    (f"{PROPERTIES}/amount/type", "integr", "parameters_schema", "/parameters/properties/amount/type"),
    (f"{PROPERTIES}/currency/pattern", "(", "parameters_schema", "/parameters/properties/currency/pattern"),
    (f"{PROPERTIES}/amount", {"$ref": "http://169.254.169.254/"}, "parameters_schema", "/parameters/properties/amount/$ref"),  # noqa: E501
    (f"{PROPERTIES}/amount", {"$ref": "#/$defs/none"}, "parameters_schema", f"/{PROPERTIES}/amount/$ref"),
    ("parameters/$schema", "http://json-schema.org/draft-07/schema#", "parameters_schema", "/parameters/$schema"),
    (f"{PROPERTIES}/Amount", {"type": "integer"}, "parameter_name", "/parameters/properties/Amount"),
    (f"{PROPERTIES}/__proto__", {"type": "integer"}, "parameter_name", "/parameters/properties/__proto__"),
    (f"{PROPERTIES}/amount", True, "parameter_schema", "/parameters/properties/amount"),
    (f"{PROPERTIES}/amount/maximum", 2**60, "not_canonical", ""),
    (f"{PROPERTIES}/notify/default", "yes", "default_misfit", "/parameters/properties/notify/default"),
    (f"{PROPERTIES}/speed/default", "slow", "default_misfit", "/parameters/properties/speed/default"),
    (f"{PROPERTIES}/anything", {"description": "whatever"}, "warn_untyped", "/parameters/properties/anything"),
    (f"{PROPERTIES}/extra", {"type": "object"}, "warn_open_object", "/parameters/properties/extra"),
    # annotations
    ("annotations/amont", {}, "annotation_unknown", "/annotations/amont"),
    ("annotations/invoice_id/of", "customer", "refers_to_unknown", "/annotations/invoice_id/of"),
    ("annotations/invoice_id/of", "invoice_id", "refers_to_itself", "/annotations/invoice_id/of"),
    ("annotations/invoice_id/of", "speed", "refers_to_no_record", "/annotations/invoice_id/of"),
    ("annotations/customer_id/of", "invoice_id", "circle", "/annotations/invoice_id/of"),
    ("annotations/amount/derive/parameter", "invoice", "refers_to_unknown", "/annotations/amount/derive/parameter"),
    ("annotations/amount/derive/parameter", "speed", "refers_to_no_record", "/annotations/amount/derive/parameter"),
    ("annotations/amount/currency_from", "curency", "refers_to_unknown", "/annotations/amount/currency_from"),
    ("annotations/amount/currency", "EUR", "two_currencies", "/annotations/amount/currency_from"),
    ("annotations/amount/record", "invoice", "derive_and_record", "/annotations/amount/derive"),
    ("annotations/amount/sources", ["prompt"], "derive_without_source", "/annotations/amount/sources"),
    ("annotations/speed/filter", {"status": ["paid"]}, "needs_record", "/annotations/speed/filter"),
    ("annotations/speed/order", "at", "needs_record", "/annotations/speed/order"),
    ("annotations/speed/field", "at", "needs_record", "/annotations/speed/field"),
    ("annotations/speed/of", "invoice_id", "needs_record", "/annotations/speed/of"),
    ("annotations/speed/words", {"fast": ["quick"]}, "words_unknown", "/annotations/speed/words/fast"),
    ("annotations/amount/words", {"1": ["one"]}, "words_unknown", "/annotations/amount/words/1"),
    ("annotations/speed/words", {"normal": ["Soon"], "express": ["soon"]}, "words_twice", "/annotations/speed/words/express/0"),  # noqa: E501
    ("annotations/speed/sources", ["prompt"], "warn_default_unused", "/parameters/properties/speed/default"),
    ("annotations/notify", {"sources": ["record"]}, "warn_never_filled", "/annotations/notify/sources"),
    ("annotations/amount/currency_from", REMOVED, "warn_no_currency", "/annotations/amount/unit"),
    (f"{PROPERTIES}/amount/type", "number", "money_not_integer", "/parameters/properties/amount/type"),
    # confirmation
    ("confirmation", {"policy": "never"}, "irreversible_unconfirmed", "/confirmation/policy"),
    ("confirmation", {"policy": "once_per_session"}, "warn_irreversible_once", "/confirmation/policy"),
    ("confirmation/by", "anyone", "warn_two_are_persons", "/confirmation/by"),
    ("confirmation", {"policy": "always", "by": "anyone"}, "warn_irreversible_by_key", "/confirmation/by"),
    ("confirmation/by", "person", "", ""),
    ("confirmation/by", "robot", "enum", "/confirmation/by"),
    ("confirmation/condition", "params.amount >", "condition", "/confirmation/condition"),
    ("confirmation/condition", "amount > 1", "condition", "/confirmation/condition"),
    ("confirmation/condition", "1+1", "condition", "/confirmation/condition"),
    ("confirmation/condition", "size(params.amount)", "condition", "/confirmation/condition"),
    ("confirmation/condition", "params.amont > 1", "condition_unknown_parameter", "/confirmation/condition"),
    ("confirmation/condition", "records.speed.x > 1", "condition_unknown_record", "/confirmation/condition"),
    ("confirmation/condition", "params.amount > 1", "warn_condition_optional", "/confirmation/condition"),
    ("confirmation/condition", REMOVED, "value_error", "/confirmation"),
    # endpoint
    ("endpoint/url", "http://platform.example/x", "endpoint_not_https", "/endpoint/url"),
    ("endpoint/url", "http://10.0.0.1/x", "endpoint_not_https", "/endpoint/url"),
    ("endpoint/url", "http://localhost.example/x", "endpoint_not_https", "/endpoint/url"),
    ("endpoint/url", "https://user:word@platform.example/", "endpoint_credentials", "/endpoint/url"),
    ("endpoint/url", "https://platform.example/#x", "endpoint_fragment", "/endpoint/url"),
    ("endpoint/url", "https://platform.example:99999/", "endpoint_url", "/endpoint/url"),
    ("endpoint/url", "https:///x", "endpoint_url", "/endpoint/url"),
    ("endpoint/url", "https://[::1/x", "endpoint_url", "/endpoint/url"),
    ("endpoint/url", "ftp://platform.example/", "string_pattern_mismatch", "/endpoint/url"),
    ("endpoint/timeout_s", 60, "", ""),
    ("endpoint/deadline_s", 5, "timeout_over_deadline", "/endpoint/timeout_s"),
    # preview and secrets
    ("preview", "{{ params.amont }}", "preview", "/preview"),
    ("preview", "{% if %}", "preview", "/preview"),
    ("endpoint/url", "https://platform.example/?api_key=1234", "secret", "/endpoint/url"),
    ("description", "Use sk_live_abcdefgh12345678 to call it.", "secret", "/description"),
    ("description", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret", "/description"),
    ("examples", ["send Authorization: Bearer abcdefghijklmnop1234"], "secret", "/examples/0"),
]  # fmt: skip


def codes(value: Any, **options: Any) -> set[str]:
    return {finding.code for finding in lint(value, **options)}


def test_the_sample_is_clean() -> None:
    assert lint(sample()) == []


@pytest.mark.parametrize(("place", "value", "code", "pointer"), CASES)
def test_a_fault_is_found_at_its_place(place: str, value: Any, code: str, pointer: str) -> None:
    found = [(finding.code, finding.pointer) for finding in lint(changed(place, value))]
    assert (code, pointer) in found if code else found == [], found


@pytest.mark.parametrize(("place", "value", "code", "pointer"), CASES)
def test_every_finding_says_how_to_mend_it(place: str, value: Any, code: str, pointer: str) -> None:
    for finding in lint(changed(place, value)):
        assert finding.detail.endswith((".", "?"))
        assert len(finding.detail.split()) >= 4, finding.detail


@pytest.mark.parametrize(
    "title", ["Refund an invoice ⚠️", "Refund 1️⃣ invoice", "Rembourser la facture", "請求書を返金する"]
)
def test_signs_and_letters_that_are_seen_are_kept(title: str) -> None:
    assert "hidden_character" not in {finding.code for finding in lint(changed("title", title))}


def test_advice_keeps_nothing_out() -> None:
    findings = lint(changed("examples", []))
    assert findings
    assert all(is_advice(finding) for finding in findings)


def test_advice_about_many_contracts_is_no_fault_of_theirs() -> None:
    many = [changed("name", f"saas.refund_{index}") | {"examples": [], "roles": []} for index in range(150)]
    assert not [each for each in lint(many) if not is_advice(each)]
    wrong = [each | {"title": ""} for each in many]
    assert "too_many_findings" in {each.code for each in lint(wrong)}


def test_a_required_parameter_that_nothing_can_fill_is_a_fault() -> None:
    value = changed("annotations/customer_id", {"sources": ["default"]})
    value["annotations"].pop("invoice_id")
    value["parameters"]["required"].append("customer_id")
    found = [(finding.code, finding.pointer) for finding in lint(value)]
    assert ("no_source", "/annotations/customer_id/sources") in found


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8090/x", "http://localhost/x", "http://[::1]:8090/x", "http://demo.localhost/x"]
)
def test_loopback_needs_no_https(url: str) -> None:
    assert lint(changed("endpoint/url", url)) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("integr", 'did you mean "integer"'),
        ("text", '"text" is no type; one is array, boolean, integer, null, number, object, string'),
        (["string", "nul"], '"nul" is no type'),
        (3, "3 is no type"),
        ([], "the list of types is empty"),
        (["string", "string"], "named twice"),
    ],
)
def test_a_type_that_there_is_not_is_told_with_those_that_there_are(wrong: Any, said: str) -> None:
    (found,) = [each for each in lint(changed(f"{PROPERTIES}/amount/type", wrong)) if each.code == "parameters_schema"]
    assert found.pointer == "/parameters/properties/amount/type"
    assert said in found.detail


def test_every_fault_of_a_schema_is_told_at_once() -> None:
    schema = {"type": "strng", "description": "x"}
    value = changed("parameters/properties", {"a": schema, "b": schema})
    pointers = [each.pointer for each in lint(value) if each.code == "parameters_schema"]
    assert pointers == ["/parameters/properties/a/type", "/parameters/properties/b/type"]


def test_a_default_may_lean_on_definitions() -> None:
    value = changed(f"{PROPERTIES}/speed", {"$ref": "#/$defs/speed", "default": "express"})
    value["parameters"]["$defs"] = {"speed": {"enum": ["normal", "express"]}}
    value["annotations"].pop("speed")
    assert lint(value) == []
    value["parameters"]["properties"]["speed"]["default"] = "slow"
    assert codes(value) == {"default_misfit"}


def test_the_words_of_an_array_and_of_a_boolean_are_known() -> None:
    value = changed(f"{PROPERTIES}/tags", {"type": "array", "items": {"enum": ["vip", "new"]}})
    value["annotations"]["tags"] = {"words": {"vip": ["important"]}}
    value["annotations"]["notify"] = {"words": {"true": ["tell them"]}}
    assert lint(value) == []


@pytest.mark.parametrize("wrap", [lambda each: each, lambda each: {"contracts": each}, lambda each: {"actions": each}])
def test_a_file_is_a_list_or_an_object_that_holds_one(wrap: Any) -> None:
    other = sample() | {"name": "saas.charge_invoice", "undo": "saas.refund_invoice"}
    assert lint(wrap([sample(), other])) == []
    prefix = "" if isinstance(wrap([]), list) else "/" + next(iter(wrap([])))
    found = lint(wrap([other | {"title": 7}, sample()]))
    assert [finding.pointer for finding in found] == [f"{prefix}/0/title"]


def test_the_same_name_and_version_twice_is_a_fault() -> None:
    found = [(finding.code, finding.pointer) for finding in lint([sample(), sample()], known=["saas.charge_invoice"])]
    assert found == [("duplicate", "/1/name")]
    assert lint([sample(), sample() | {"version": 2}], known=["saas.charge_invoice"]) == []


def test_an_undo_that_nobody_declares_is_advice_unless_it_is_registered() -> None:
    assert codes([sample()]) == {"warn_undo_unknown"}
    assert codes([sample()], known=["saas.charge_invoice"]) == set()


@pytest.mark.parametrize("value", [None, 1, "x", [None], [[]], {"contracts": 1}, {"contracts": [1]}, {}])
def test_what_is_no_contract_is_a_finding(value: Any) -> None:
    assert any(not is_advice(finding) for finding in lint(value))


def test_an_empty_file_is_advice() -> None:
    assert codes([]) == {"warn_no_contracts"}


def test_a_connectors_placeholder_is_filled_in_endpoints_only() -> None:
    value = changed("endpoint/url", "{base_url}/refund") | {"description": "Posts to {base_url}."}
    made = with_base_url({"actions": [value]}, "https://platform.example/")
    assert made["actions"][0]["endpoint"]["url"] == "https://platform.example/refund"
    assert made["actions"][0]["description"] == "Posts to {base_url}."
    assert value["endpoint"]["url"] == "{base_url}/refund"


KEYS = st.text(max_size=8) | st.sampled_from(["type", "$ref", "enum", "default", "properties"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PLACES = sorted({place for place, *_ in CASES} | set(sample()))


@given(place=st.sampled_from(PLACES), value=JSON)
def test_no_value_at_any_place_crashes_the_linter(place: str, value: Any) -> None:
    for finding in lint(changed(place, value)):
        assert finding.code
        assert finding.detail


@given(JSON)
def test_no_json_crashes_the_linter(value: Any) -> None:
    lint(value)
