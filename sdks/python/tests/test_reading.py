"""JSON becomes the typed values that were promised, or says where it differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Optional, Union

import pytest

from opsiq import types
from opsiq.reading import Mismatch, reader


@dataclass(frozen=True)
class Cat:
    kind: Literal["cat"]
    lives: int = 9


@dataclass(frozen=True)
class Dog:
    kind: Literal["dog"]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shelf:
    name: str
    share: float
    open: bool
    pet: Union[Cat, Dog]
    other: Optional[Cat]
    many: tuple[Dog, ...]
    by_name: dict[str, int]
    more: Any = None


SHELF: dict[str, Any] = {
    "name": "a", "share": 1, "open": True, "pet": {"kind": "dog", "tags": ["x"]}, "other": None, "many": [{"kind": "dog"}],  # noqa: E501
    "by_name": {"n": 1},
}  # fmt: skip


def test_every_shape_is_read() -> None:
    made = reader(Shelf)(SHELF)
    assert made == Shelf("a", 1.0, True, Dog("dog", ("x",)), None, (Dog("dog"),), {"n": 1})
    assert isinstance(made.share, float)
    assert reader(Shelf)({**SHELF, "other": {"kind": "cat"}, "more": [1, {"a": 2}]}).other == Cat("cat", 9)


def test_a_kind_to_come_is_left_as_it_is() -> None:
    assert reader(Shelf)({**SHELF, "pet": {"kind": "parrot", "says": "hi"}}).pet == {"kind": "parrot", "says": "hi"}
    assert reader(Optional[Union[Cat, Dog]])(None) is None


@pytest.mark.parametrize(
    ("member", "value", "says"),
    [
        ("name", None, "/name is no str"), ("share", "1", "/share is no float"), ("share", True, "/share is no float"),
        ("open", 1, "/open is no bool"),
        ("pet", None, "/pet is no dict"), ("pet", {"kind": "cat", "lives": True}, "/pet/lives is no int"),
        ("other", [], "/other is no dict"),
        ("many", {}, "/many is no list"), ("many", [{"kind": "dog"}, {"kind": "dog", "tags": [1]}], "/many/1/tags/0 is no str"),  # noqa: E501
        ("by_name", {"n": "x"}, "is no int"),
    ],
)  # fmt: skip
def test_another_shape_says_where(member: str, value: Any, says: str) -> None:
    with pytest.raises(Mismatch) as refused:
        reader(Shelf)({**SHELF, member: value})
    assert says in str(refused.value)


def test_a_missing_member_is_named_unless_it_has_a_default() -> None:
    without = {name: value for name, value in SHELF.items() if name != "many"}
    with pytest.raises(Mismatch, match="/many is missing"):
        reader(Shelf)(without)
    with pytest.raises(Mismatch, match="/many/0/kind is missing"):
        reader(Shelf)({**SHELF, "many": [{}]})
    assert reader(Cat)({"kind": "cat"}).lives == 9


def test_every_generated_type_has_a_reader() -> None:
    for name in vars(types):
        if isinstance(vars(types)[name], type) and name[0].isupper():
            assert reader(vars(types)[name])
