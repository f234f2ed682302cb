"""What may be offered: the newest verified version of each name, to the roles and on the surfaces it lists."""

from __future__ import annotations

from typing import Any

from core.actor import SURFACES
from registry import signing
from registry.catalogue import Catalogue, ContractFault, load
from registry.contract import Contract, parse
from tests.unit.registry.samples import sample

KEY = signing.generate_key()
KEYS = {KEY.kid: KEY.public}


def contract(name: str = "saas.refund_invoice", version: int = 1, **fields: Any) -> Contract:
    return parse(sample() | {"name": name, "version": version} | fields)


def row(made: Contract) -> tuple[str, int, bytes, str]:
    return made.name, made.version, made.canonical, signing.sign(made.canonical, KEY)


def names(catalogue: Catalogue, role: str = "owner") -> list[str]:
    return [each.name for each in catalogue.offers(role, "admin")]


def test_a_contract_is_offered_to_its_roles_on_its_surfaces_and_nowhere_else() -> None:
    catalogue = Catalogue([contract(roles=["owner", "admin"], surfaces=["admin", "writing"])])
    seen = {
        (role, surface)
        for role in ("owner", "admin", "agent", "")
        for surface in SURFACES
        if catalogue.offers(role, surface)
    }
    assert seen == {("owner", "admin"), ("owner", "writing"), ("admin", "admin"), ("admin", "writing")}


def test_empty_lists_mean_nobody_and_nowhere() -> None:
    assert names(Catalogue([contract(roles=[])])) == []
    assert names(Catalogue([contract(surfaces=[])])) == []


def test_the_newest_version_is_offered_and_older_ones_are_found_by_number() -> None:
    old, new = contract(version=2), contract(version=10)
    catalogue = Catalogue([new, old])
    assert catalogue.get(new.name) is new
    assert catalogue.version(old.name, 2) is old
    assert catalogue.version(old.name, 3) is None
    assert [each.version for each in catalogue.offers("owner", "admin")] == [10]


def test_offers_stand_in_the_order_of_their_names_and_are_made_once() -> None:
    catalogue = Catalogue([contract("saas.b"), contract("saas.a")])
    assert names(catalogue) == ["saas.a", "saas.b"]
    assert catalogue.offers("owner", "admin") is catalogue.offers("owner", "admin")


def test_an_unknown_name_is_none() -> None:
    assert Catalogue([]).get("saas.refund_invoice") is None


def test_what_verifies_is_loaded_and_what_does_not_is_a_fault_of_its_own_name_only() -> None:
    good, bad = contract("saas.good"), contract("saas.bad")
    catalogue = load([row(good), ("saas.bad", 1, bad.canonical, "")], KEYS)
    assert names(catalogue) == ["saas.good"]
    assert catalogue.get("saas.bad") is None
    assert catalogue.version("saas.bad", 1) is None
    assert list(catalogue.faults) == ["saas.bad"]
    assert "no signature" in catalogue.faults["saas.bad"]


def test_an_altered_stored_contract_is_not_offered() -> None:
    name, version, raw, signature = row(contract())
    catalogue = load([(name, version, raw.replace(b'"owner"', b'"admin"'), signature)], KEYS)
    assert names(catalogue, "admin") == []
    assert "changed after signing" in catalogue.faults[name]


def test_a_contract_stored_under_another_name_or_version_is_not_offered() -> None:
    made = contract("saas.view_invoice", 3)
    _, _, raw, signature = row(made)
    for name, version in (("saas.refund_invoice", 3), ("saas.view_invoice", 4)):
        catalogue = load([(name, version, raw, signature)], KEYS)
        assert len(catalogue) == 0
        assert "saas.view_invoice v3" in catalogue.faults[name]


def test_a_broken_newest_version_withdraws_the_name_and_revives_no_older_one() -> None:
    loose, tight = contract(version=1, roles=["owner", "admin"]), contract(version=2, roles=["owner"])
    catalogue = load([row(loose), (tight.name, 2, tight.canonical, "spoilt")], KEYS)
    assert names(catalogue, "admin") == []
    assert catalogue.get(loose.name) is None
    assert catalogue.version(loose.name, 1) == loose


def test_a_spoilt_older_version_does_not_take_the_newer_one_off() -> None:
    old, new = contract(version=1), contract(version=2)
    catalogue = load([(old.name, 1, old.canonical, ""), row(new)], KEYS)
    assert catalogue.get(new.name) == new
    assert list(catalogue.faults) == [new.name]


def test_two_different_contracts_of_one_version_are_not_offered_at_all() -> None:
    catalogue = Catalogue([contract(title="One"), contract(title="Another")])
    assert names(catalogue) == []
    assert "two different contracts" in catalogue.faults["saas.refund_invoice"]


def test_the_same_contract_twice_is_one() -> None:
    assert names(Catalogue([contract(), contract()])) == ["saas.refund_invoice"]


def test_a_spoilt_key_is_a_fault_and_no_crash() -> None:
    catalogue = load([row(contract())], {KEY.kid: "spoilt"})
    assert "no Ed25519 public key" in catalogue.faults["saas.refund_invoice"]


def test_garbage_in_a_row_is_a_fault() -> None:
    catalogue = load([("x", 1, b"\xff", "é"), ("y", 1, b"", "a..b"), row(contract())], KEYS)
    assert names(catalogue) == ["saas.refund_invoice"]
    assert set(catalogue.faults) == {"x", "y"}


def test_a_fault_reads_as_a_line() -> None:
    assert str(ContractFault("saas.x", 2, "it has no signature")) == "saas.x v2: it has no signature"
