"""Secrets at rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto.secretbox import SecretBox, make_key
from core.errors import BadSetting

BOX = SecretBox(b"k" * 32)


@given(plain=st.binary(max_size=200), context=st.text(max_size=40).filter(lambda text: text.isascii()))
def test_what_is_sealed_opens_in_its_place(plain: bytes, context: str) -> None:
    assert BOX.open(BOX.seal(plain, context=context), context=context) == plain


def test_the_same_secret_never_seals_to_the_same_text() -> None:
    assert len({BOX.seal(b"secret", context="c") for _ in range(50)}) == 50


def test_the_sealed_text_does_not_hold_the_secret() -> None:
    assert "secret" not in BOX.seal(b"secret" * 10, context="secret")


def test_a_sealed_secret_does_not_open_in_another_place() -> None:
    sealed = BOX.seal(b"secret", context="key:ws_1:pk_1")
    with pytest.raises(BadSetting):
        BOX.open(sealed, context="key:ws_2:pk_1")


def test_a_sealed_secret_does_not_open_with_another_key() -> None:
    with pytest.raises(BadSetting, match="OPSIQ_DATA_KEY"):
        SecretBox(make_key()).open(BOX.seal(b"secret", context="c"), context="c")


@given(st.data())
def test_any_changed_character_is_noticed(data: st.DataObject) -> None:
    sealed = BOX.seal(b"secret!!", context="c")  # 36 bytes sealed: no loose bits in the base64
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != sealed[place]))
    with pytest.raises(BadSetting):
        BOX.open(sealed[:place] + other + sealed[place + 1 :], context="c")


def test_the_other_alphabet_of_base64_is_noticed() -> None:
    other = str.maketrans("-_", "+/")
    texts = [BOX.seal(b"secret!!", context="c") for _ in range(200)]
    changed = [text.translate(other) for text in texts if text.translate(other) != text]
    assert changed
    for text in changed:
        with pytest.raises(BadSetting):
            BOX.open(text, context="c")


@given(st.text(max_size=60))
def test_garbage_is_a_typed_error(text: str) -> None:
    with pytest.raises(BadSetting):
        BOX.open(text, context="c")
    with pytest.raises(BadSetting):
        BOX.open("v1." + text, context="c")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadSetting, match="32 bytes"):
        SecretBox(b"k" * length)


def test_the_key_is_not_shown() -> None:
    assert "k" * 8 not in repr(BOX)
