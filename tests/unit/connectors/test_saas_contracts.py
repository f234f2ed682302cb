"""The contracts the saas connector proposes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources

import pytest

from connectors.saas import SaasConnector
from connectors.saas.kinds import KINDS
from registry.confirmation import Policy
from registry.connector import Settings
from registry.contract import Contract
from registry.discovery import discover
from registry.linting import linter
from tests.unit.connectors.fake_platform import FakePlatform

CONTRACTS: Mapping[str, Contract] = {
    each.name: each
    for each in SaasConnector(FakePlatform({}), Settings("https://platform.example/", {})).register_actions()
}
FOLD = str.casefold


def test_the_connector_is_discovered_by_being_there() -> None:
    found, _ = discover("connectors")
    assert [each.title for each in found if each.cls is SaasConnector] == ["SaaS platform"]


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_has_nothing_for_the_linter_to_say(name: str) -> None:
    assert [str(each) for each in linter.lint(json.loads(CONTRACTS[name].canonical))] == []


def test_the_file_as_a_whole_has_nothing_for_the_linter_to_say() -> None:
    with resources.as_file(resources.files("connectors.saas") / "actions.json") as path:
        assert [str(each) for each in linter.lint_file(path)] == []


def test_endpoints_stand_below_the_configured_address() -> None:
    for name, contract in CONTRACTS.items():
        assert contract.endpoint.url == f"https://platform.example/opsiq/actions/{name.removeprefix('saas.')}"


def test_every_example_and_alias_belongs_to_one_contract() -> None:
    for what in ("examples", "aliases"):
        texts = [FOLD(text) for contract in CONTRACTS.values() for text in getattr(contract, what)]
        assert len(texts) == len(set(texts)), what
    assert all(4 <= len(contract.examples) <= 8 for contract in CONTRACTS.values())


def test_the_seeds_request_is_an_example_of_the_owners_refund() -> None:
    refund = CONTRACTS["saas.refund_invoice"]
    assert "refund Adam's last invoice" in refund.examples
    assert (refund.surfaces, refund.roles) == (("admin",), ("owner",))


def test_every_policy_is_shown_once_at_least() -> None:
    assert {contract.confirmation.policy for contract in CONTRACTS.values()} == set(Policy)
    assert CONTRACTS["saas.suspend_customer"].confirmation.approvals == 2


def test_an_undo_names_a_contract_that_takes_nothing_the_first_one_does_not_give() -> None:
    for contract in CONTRACTS.values():
        if contract.undo is None:
            continue
        result = (contract.result or {}).get("properties", {})
        needed = [
            each
            for each in CONTRACTS[contract.undo].required
            if "default" not in CONTRACTS[contract.undo].properties[each]
        ]
        unknown = [each for each in needed if each not in contract.properties and each not in result]
        assert unknown in ([], ["reason"]), contract.name


def test_records_fields_and_filters_are_those_the_kinds_declare() -> None:
    kinds = {kind.name: kind for kind in KINDS}
    for contract in CONTRACTS.values():
        for parameter, annotation in contract.annotations.items():
            assert parameter in contract.properties
            if annotation.record is not None:
                kind = kinds[annotation.record]
                names = [*annotation.filter, annotation.field or kind.id_field, annotation.order or kind.order]
                assert all(name and kind.field_named(name) for name in names), (contract.name, parameter)
                for field, values in annotation.filter.items():
                    declared = kind.field_named(field)
                    assert declared is not None
                    assert set(values) <= set(declared.values)
            if annotation.derive is not None:
                source = contract.annotation(annotation.derive.parameter).record
                assert source is not None
                assert kinds[source].field_named(annotation.derive.field) is not None


def test_no_contract_takes_more_than_it_declares() -> None:
    assert all(contract.parameters["additionalProperties"] is False for contract in CONTRACTS.values())
