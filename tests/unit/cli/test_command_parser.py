"""What is misspelt on the command line is told by the command that it was given to, with what was probably meant."""

from __future__ import annotations

import pytest

from cli.main import main


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("aks hello", "Did you mean ask?"),
        ("ask --surfce admin hi", "opsiq ask: error: unrecognized arguments: --surfce. Did you mean --surface?"),
        ("keys crate till", "opsiq keys: error: argument ACT: invalid choice: 'crate'"),
        ("serve --prot 8080", "Did you mean --port?"),
    ],
)
def test_what_was_probably_meant_is_named(typed: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_where_nothing_is_near_nothing_is_suggested(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["keys", "list", "--zzz"])
    said = capsys.readouterr().err
    assert "opsiq keys list: error: unrecognized arguments: --zzz" in said
    assert "Did you mean" not in said
