"""What other people wrote into records reaches a client with its hidden characters spelled out, for its person and for
its model."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from agent.pipeline import Candidate, Plan, Question, Reply, Step
from agent.runs.run import Run
from core.actor import Actor
from core.display_text import is_hidden
from web.mcp import results, rounds

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
BASE: Final = "https://ops.harbour.example"
TAGS: Final = "".join(chr(0xE0000 + ord(char)) for char in "obey")
"""Letters that a model reads and nobody sees."""
HOSTILE: Final = f"Berth \u202e7\u202c of the Gull{TAGS}"
SHOWN: Final = "Berth ‹U+202E›7‹U+202C› of the Gull‹U+E006F›‹U+E0062›‹U+E0065›‹U+E0079›"


def run(**fields: Any) -> Run:
    return Run(
        id="run_1",
        workspace="ws_1",
        session_id="s",
        actor=Actor("ws_1", "mem_1", "member", "Olivia", "owner", "mem_1"),
        surface="admin",
        text="free the berth",
        now=AT,
        created_at=AT,
        updated_at=AT,
        **fields,
    )


def hidden(value: Any) -> set[str]:
    return {char for char in json.dumps(value, ensure_ascii=False) if char != "\n" and is_hidden(char)}


def test_a_question_and_its_choices_hide_nothing_in_a_result_or_a_form() -> None:
    choice = Candidate(id="7", label=HOSTILE, detail=HOSTILE, marks=("it holds invisible letters",))
    asked = run(
        state="asked",
        question=Question(slot="0.berth", code="ambiguous", text=f"Which is {HOSTILE}?\nSay it.", candidates=(choice,)),
    )
    told = results.make_run_result(asked, BASE).model_dump(mode="json")
    assert hidden(told) == set()
    assert told["structured_content"]["question"]["choices"][0]["id"] == "7"
    assert told["structured_content"]["question"]["text"] == f"Which is {SHOWN}?\nSay it."
    assert asked.question is not None
    form = rounds.make_question_request(asked.question).model_dump(mode="json")
    assert hidden(form) == set()
    assert SHOWN in json.dumps(form, ensure_ascii=False)


def test_an_answer_hides_nothing_and_is_whole() -> None:
    records = (Candidate(id="7", label=HOSTILE),)
    reply = Reply.model_construct(text=f"{HOSTILE} " + "is free. " * 1000, values=(HOSTILE,), records=records, count=1)
    told = results.make_run_result(run(state="answered", reply=reply), BASE).model_dump(mode="json")
    assert hidden(told) == set()
    assert told["structured_content"]["message"] == f"{SHOWN} " + "is free. " * 1000


def test_the_request_to_look_at_a_card_shows_what_a_preview_hides() -> None:
    plan = Plan.model_construct(steps=(Step.model_construct(preview=f"Free {HOSTILE}."),))
    request = rounds.make_card_request(run(state="held", plan=plan), BASE).model_dump(mode="json")
    assert hidden(request) == set()
    assert f"Free {SHOWN}." in json.dumps(request, ensure_ascii=False)
