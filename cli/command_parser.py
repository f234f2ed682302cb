"""Command parser: argparse whose errors name what was probably meant, and the command that was misused."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final, NoReturn

_UNKNOWN_OPTION: Final = re.compile(r"unrecognized arguments: (--?[\w-]+)")
_REQUIRED: Final = "the following arguments are required: "
_UNKNOWN_CHOICE: Final = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)", re.DOTALL)


class CommandParser(argparse.ArgumentParser):
    """The parsers of subcommands are of this class too, since argparse makes them of their parent's."""

    def __init__(self, *args: Any, **given: Any) -> None:
        # A short form of an option (--token for --token-url) would be taken for what somebody did not mean.
        super().__init__(*args, **{"allow_abbrev": False, **given})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        _reached[:] = [self]  # the innermost command is the last to be asked
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print usage and the error, and exit with 2. An unknown option is told by the command that it was given to,
        not by ``opsiq``, which finds it."""
        unknown, choice = _UNKNOWN_OPTION.match(message), _UNKNOWN_CHOICE.search(message)
        at = _reached[0] if unknown and _reached else self
        if unknown:
            message += _suggest(unknown[1], at._option_string_actions)
        elif (acts := _list_acts(at, message)) is not None:
            message = f"say which {acts.metavar}: {', '.join(acts.choices)}"
        elif choice:
            message += _suggest(choice[1], re.findall(r"[\w-]+", choice[2]))
        at.print_usage(sys.stderr)
        at.exit(2, f"{at.prog}: error: {message}\n")
        raise AssertionError("exit returned")


_reached: Final[list[argparse.ArgumentParser]] = []


def _list_acts(parser: argparse.ArgumentParser, message: str) -> Any:
    """The subcommands of a parser whose error is that none was named. None for other errors."""
    missing = message.partition(_REQUIRED)[2].split(", ")
    found = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    return next((each for each in found if each.metavar in missing), None)


def read_count(text: str) -> int:
    """The value of an option that takes a whole number from 1 on."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return number


def _suggest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f". Did you mean {near[0]}?" if near else ""
