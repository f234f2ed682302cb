"""Parameters of an action call: parsed strictly, because the platform trusts not even a signed caller's types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from demo.problem import Refused

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")


class Params:
    """The parameters of one call. Each reader raises Refused 422 ``invalid_params`` that names the parameter."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def only(self, names: Iterable[str]) -> None:
        extra = sorted(set(self._values) - set(names))
        if extra:
            raise _invalid(extra[0], "is not a parameter of this action")

    def integer(self, name: str, *, least: int = 1, most: int = 2**53 - 1) -> int:
        value = self._values.get(name)
        if type(value) is not int or not least <= value <= most:
            raise _invalid(name, f"must be a whole number from {least} to {most}")
        return value

    def text(self, name: str, *, most: int = 200, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str) or (not value and default is None) or len(value) > most:
            raise _invalid(name, f"must be a text of 1 to {most} characters")
        return value

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        value = self._values.get(name)
        if value not in tuple(allowed):
            raise _invalid(name, f"must be one of {', '.join(allowed)}")
        return str(value)

    def email(self, name: str) -> str:
        value = self.text(name, most=254)
        if not _EMAIL.fullmatch(value):
            raise _invalid(name, "must be an e-mail address")
        return value

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None


def _invalid(name: str, what: str) -> Refused:
    return Refused(422, "invalid_params", f"{name[:40]} {what}.")
