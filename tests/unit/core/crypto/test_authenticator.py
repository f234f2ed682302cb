"""Message authentication codes: of one list of fields, one purpose and one installation's keys, and of nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto.authenticator import Authenticator

ONE, TWO = bytes(range(32)), bytes(range(1, 33))
KEYS = Authenticator({"dk_1": ONE}, "dk_1")
FIELDS = st.lists(
    st.none()
    | st.booleans()
    | st.integers()
    | st.binary()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.datetimes(timezones=st.just(UTC)),
    max_size=6,
)


def kinds(fields: list[Any]) -> list[tuple[str, Any]]:
    return [(type(each).__name__, each) for each in fields]


@given(FIELDS, FIELDS)
def test_a_code_fits_its_own_fields_and_no_others(one: list[Any], other: list[Any]) -> None:
    code = KEYS.code("members", one)
    assert KEYS.fits(code, "members", one)
    assert KEYS.fits(code, "members", other) is (kinds(one) == kinds(other))


def test_no_two_ways_to_cut_the_same_text_into_fields_have_one_code() -> None:
    cuts = [
        ["ab", "c"],
        ["a", "bc"],
        ["abc"],
        ["abc", ""],
        ["", "abc"],
        [b"abc"],
        ["s3:abc"],
        ["1", 1],
        [1, "1"],
        [True],
        [1],
    ]
    assert len({KEYS.code("p", each) for each in cuts}) == len(cuts)


def test_a_code_is_of_one_purpose_and_one_key() -> None:
    code = KEYS.code("members", ["mem_1", "owner"])
    assert not KEYS.fits(code, "keys", ["mem_1", "owner"])
    assert not Authenticator({"dk_1": TWO}, "dk_1").fits(code, "members", ["mem_1", "owner"])
    assert not Authenticator({"dk_2": ONE}, "dk_2").fits(code, "members", ["mem_1", "owner"])


def test_what_an_older_data_key_made_fits_on_and_new_codes_are_of_the_newest() -> None:
    both = Authenticator({"dk_1": ONE, "dk_2": TWO}, "dk_2")
    assert both.fits(KEYS.code("p", ["x"]), "p", ["x"])
    assert both.code("p", ["x"]).startswith("m1.dk_2.")
    assert not KEYS.fits(both.code("p", ["x"]), "p", ["x"])


@pytest.mark.parametrize(
    "code", [None, "", "m1.", "m1..", "m1.dk_1.", "m1.dk_1.AAAA", "dk_1", "m2.dk_1.x", "m1.é", 7, b"m1.dk_1."]
)
def test_what_is_no_code_fits_nothing(code: Any) -> None:
    assert not KEYS.fits(code, "p", [])


def test_fields_that_never_had_a_code_fit_none() -> None:
    code = KEYS.code("p", ["x"])
    assert not KEYS.fits(code, "p", [{"a": 1}])
    assert not KEYS.fits(code, "p", ["\ud800"])
    assert not KEYS.fits(code, "p", [1.5])


def test_a_code_is_what_openssl_says() -> None:
    # The key: openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:000102…1f -kdfopt info:opsiq/v1/members HKDF
    # The code: printf 's1:an;i7;t;' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
    assert KEYS.code("members", ["a", None, 7, True]) == "m1.dk_1.-xbkjOw5OTUBAYwKWwdVUgnXKPcXQKG_Ra_kECWL-oA"


def test_a_signature_is_checked_with_the_key_that_made_it() -> None:
    key_id, signature = KEYS.sign("anchor", b"message")
    assert KEYS.verify_signature("anchor", b"message", key_id, signature)
    assert not KEYS.verify_signature("anchor", b"massage", key_id, signature)
    assert not KEYS.verify_signature("other", b"message", key_id, signature)
    assert not KEYS.verify_signature("anchor", b"message", "dk_9", signature)
    assert not KEYS.verify_signature("anchor", b"message", key_id, "é")
    assert Authenticator({"dk_0": TWO, "dk_1": ONE}, "dk_0").verify_signature("anchor", b"message", key_id, signature)


def test_keys_are_never_shown() -> None:
    assert ONE.hex() not in repr(KEYS)
    assert repr(KEYS) == "Authenticator(<keys kept>)"
    assert KEYS.secret("a") != KEYS.secret("b")


def test_a_time_is_the_same_in_any_zone() -> None:
    at = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert KEYS.fits(KEYS.code("p", [at]), "p", [at.astimezone()])
