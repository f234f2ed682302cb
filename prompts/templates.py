"""Prompt renderer: a version and its context become chat messages, the same bytes each time.

A template's blocks are its messages, each named by its role, so that no inserted text can open a message of its own.
Every inserted text is data: a person's words go through ``quoted``, a contract's through ``line``; both take the teeth
out of chat control marks (``<|im_start|>``, ``[INST]``), which some servers would read as such even inside a message.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core.errors import BadSetting
from prompts.propose.context import ProposeContext

DEFAULT_VERSION: Final = "propose/v2"
PLAIN_VERSION: Final = "plain/v1"
"""Of the plain form: a version serves the form that its folder is named after."""
SECOND_READING_VERSION: Final = "second_reading/v1"
"""Of the question about single pieces of a request, which is asked once a proposal stands."""
MAX_LINE: Final = 160

Role = Literal["system", "user"]
ROLES: Final[tuple[Role, ...]] = ("system", "user")
_HERE: Final = Path(__file__).parent


class Message(NamedTuple):
    """One chat message."""

    role: Role
    content: str

    def as_json(self) -> dict[str, str]:
        return {"role": self.role, "content": self.content}


@cache
def is_plain(version: str) -> bool:
    """Whether it is a version of the plain form, for small models."""
    return version.partition("/")[0] == PLAIN_VERSION.partition("/")[0]


def versions() -> tuple[str, ...]:
    """Every version there is, such as ``propose/v1``, oldest first."""
    found = (path.relative_to(_HERE).with_suffix("").as_posix() for path in _HERE.glob("*/v*.jinja"))
    return tuple(sorted(found, key=lambda name: (name.split("/v")[0], int(name.split("/v")[1]))))


def render(version: str, context: ProposeContext, roles: Sequence[Role] = ROLES) -> list[Message]:
    """Renders the messages of ``version`` in these ``roles``, fixed part first and the request last. Raises BadSetting
    for a version that does not exist."""
    template = _template(version)
    values = template.new_context({"it": context})
    made = [Message(role, "".join(template.blocks[role](values)).strip()) for role in roles if role in template.blocks]
    return [message for message in made if message.content]


def quoted(text: str) -> str:
    """Quotes ``text`` as a JSON string on one line that can't end itself, with control, bidi and chat marks escaped."""
    escaped = json.dumps(text, ensure_ascii=False)
    if not _plain(escaped):
        escaped = "".join(_escape(char) if _hidden(char) else char for char in escaped)
    return _CHAT_MARK.sub(lambda found: _escape(found.group()), escaped)


def line(text: str, limit: int = MAX_LINE) -> str:
    """Cleans ``text`` to one line of at most ``limit`` characters, cut at a word, with nothing that a chat format would
    act on."""
    flat = " ".join((text if _plain(text) else "".join(" " if _hidden(char) else char for char in text)).split())
    flat = _CHAT_MARK.sub("(", flat)
    if len(flat) <= limit:
        return flat
    return re.sub(r"\W+\w*$", "", flat[: limit - 1]) + "…"


# How chat formats open a control mark: <|im_start|>, <start_of_turn>, </s>, <｜User｜>, [INST], [/INST],
# [AVAILABLE_TOOLS].
_CHAT_MARK: Final = re.compile(r"<(?=[|｜/_A-Za-z])|\[(?=/?[A-Z_]{3,}\])")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def _plain(text: str) -> bool:
    """Whether the text has nothing to escape, decided without looking at each character: most text is such."""
    return text.isascii() and text.isprintable()


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN


def _escape(char: str) -> str:
    raw = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{int.from_bytes(raw[at : at + 2]):04x}" for at in range(0, len(raw), 2))


@cache
def _environment() -> Environment:
    # Chat messages are not HTML: escaping is by the two filters, and a test holds every template to using one for each
    # inserted text.
    made = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    filters: dict[str, Callable[..., str]] = {"quoted": quoted, "line": line}
    made.filters.update(filters)
    return made


@cache
def _template(version: str) -> Template:
    if version not in versions():
        raise BadSetting(f"There is no prompt version {version!r}; there are {', '.join(versions())}.")
    return _environment().get_template(version + ".jinja")
