"""JSON into the typed values of ``opsiq.types``. Members nobody knows yet are passed over: a newer server does not break
an older SDK."""  # noqa: E501

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]


class Mismatch(ValueError):
    """The JSON has another shape than was promised; the text says where, never what."""


@functools.cache
def reader(kind: Any) -> Reader:
    """Turns JSON into a ``kind``: a generated dataclass, or what one's fields are made of. The reader raises Mismatch."""  # noqa: E501
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda value: value
    if dataclasses.is_dataclass(kind):
        return _object(kind)
    if origin is Union:
        return _union([each for each in inner if each is not type(None)], optional=type(None) in inner)
    if origin is tuple:
        return _list(inner[0])
    if origin is dict:
        each_of = reader(inner[1])
        return lambda value: {name: each_of(each) for name, each in _is(dict, value).items()}
    if origin is Literal:  # a value to come is let through
        return functools.partial(_is, str)
    if kind is float:
        return lambda value: (
            float(value) if isinstance(value, int) and value is not True and value is not False else _is(float, value)
        )
    return functools.partial(_is, kind)


def _object(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    plan = [(each.name, reader(hints[each.name]), each.default) for each in dataclasses.fields(kind) if each.init]

    def read(value: Any) -> Any:
        _is(dict, value)
        made = {}
        for name, read_one, default in plan:
            if name in value:
                made[name] = _at(name, read_one, value[name])
            elif default is dataclasses.MISSING:
                raise Mismatch(f"/{name} is missing")
        return kind(**made)

    return read


def _union(kinds: list[Any], *, optional: bool) -> Reader:
    if len(kinds) == 1:
        only = reader(kinds[0])
        return lambda value: None if value is None and optional else only(value)
    by_kind = {get_args(get_type_hints(each)["kind"])[0]: reader(each) for each in kinds}

    def read(value: Any) -> Any:
        if value is None and optional:
            return None
        known = by_kind.get(_is(dict, value).get("kind"))
        return known(value) if known else value

    return read


def _list(kind: Any) -> Reader:
    each_of = reader(kind)
    return lambda value: tuple(_at(at, each_of, each) for at, each in enumerate(_is(list, value)))


def _at(place: Union[str, int], read_one: Reader, value: Any) -> Any:
    try:
        return read_one(value)
    except Mismatch as error:
        raise Mismatch(f"/{place}{error}" if str(error).startswith("/") else f"/{place} {error}") from None


def _is(kind: type, value: Any) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise Mismatch(f"is no {kind.__name__}")
