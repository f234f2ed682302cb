"""What a server says when it is ready."""

from __future__ import annotations

import json

from cli.commands.serve import make_ready_line


def test_a_program_reads_json_and_a_person_a_sentence() -> None:
    assert json.loads(make_ready_line("http://127.0.0.1:8080", terminal=False)) == {
        "ready": True,
        "url": "http://127.0.0.1:8080",
    }
    assert (
        make_ready_line("http://127.0.0.1:8080", terminal=True) == "OpsIQ is at http://127.0.0.1:8080. Ctrl-C stops it."
    )
