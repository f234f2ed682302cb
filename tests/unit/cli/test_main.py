"""The parser of ``opsiq``: whole, or of one command alone."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from cli.main import COMMANDS, main, make_parser


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    [sub] = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    return dict(sub.choices)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_parser_made_alone_says_what_it_says_among_all(name: str) -> None:
    alone, among = make_parser(name), make_parser()
    assert list(commands(alone)) == [name]
    assert commands(alone)[name].format_help() == commands(among)[name].format_help()
    assert alone.format_usage() == among.format_usage()


@pytest.mark.parametrize("word", ["", "--version", "-h", "no-such-command"])
def test_what_names_no_command_is_parsed_among_all(word: str) -> None:
    assert list(commands(make_parser(word))) == list(COMMANDS)


def test_a_misspelt_command_is_told_what_was_probably_meant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serv"])
    assert "Did you mean serve?" in capsys.readouterr().err


def test_a_command_reads_the_modules_of_no_other() -> None:
    code = (
        "import sys; from cli.main import COMMANDS, make_parser; make_parser('serve');"
        "print([each for each in COMMANDS.values() if each in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "['cli.commands.serve']"
