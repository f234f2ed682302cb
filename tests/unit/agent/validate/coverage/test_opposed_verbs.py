"""What an action goes by is no word against it, whatever it denies elsewhere."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import Call, Find, PlanResult, Proposal, RecordArgument, TypedValue, Words
from agent.validate.coverage.opposed_verbs import find_opposed_verbs, find_removals
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty import find_unaccounted
from registry.contract import Contract, parse
from tests.unit.own_worlds import NOW, read_words, world


def close(*aliases: str) -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1", "name": "ferry.close_cabin", "title": "Close a cabin", "surfaces": ["admin"],
            "description": "Takes a cabin off what can be booked.", "roles": ["owner"], "aliases": list(aliases),
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["cabin"],
                "properties": {"cabin": {"type": "integer"}},
            },
            "annotations": {"cabin": {"record": "cabin"}}, "endpoint": {"url": "https://ferry.example/close"},
        }
    )  # fmt: skip


def note_down(title: str) -> Contract:
    return close().model_copy(
        update={"name": "ferry.note_cabin", "title": title, "description": "It is on the plan.", "aliases": ()}
    )


@pytest.mark.parametrize(
    ("aliases", "against"), [(("stop letting a cabin",), []), (("shut",), ["stop letting the cabin"])]
)
def test_an_order_in_words_that_the_action_goes_by_denies_nothing(aliases: tuple[str, ...], against: list[str]) -> None:
    said = Words(text="C7", start=23)
    find = RecordArgument(reference=Find(record="cabin", said=said))
    proposal = Proposal(result=PlanResult(calls=(Call(action="ferry.close_cabin", arguments={"cabin": find}),)))
    request = Request(text="stop letting the cabin C7", now=NOW)
    left = find_unaccounted(Order(request, proposal, [close(*aliases)]))
    assert left.weighty == against


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("the cabin flooded, so they get half of the fare back", []),
        ("Ada should get the fare back", []),
        ("get the fare back from Ada", ["get the fare back"]),
    ],
)
def test_what_somebody_gets_back_is_given_to_them(text: str, against: list[str]) -> None:
    gives = close("give back", "credit")
    assert [text[slice(*each)] for each in find_opposed_verbs(text, [gives])] == against


@pytest.mark.parametrize(("quoted", "against"), [("reopen", []), ("", ["reopen"])])
def test_a_verb_that_is_a_value_of_the_call_is_not_against_it(quoted: str, against: list[str]) -> None:
    said = Words(text=quoted, start=0) if quoted else None
    arguments = {
        "cabin": RecordArgument(reference=Find(record="cabin", said=Words(text="C7", start=17))),
        "state": TypedValue(value="open", quote=said),
    }
    proposal = Proposal(result=PlanResult(calls=(Call(action="ferry.close_cabin", arguments=arguments),)))
    left = find_unaccounted(Order(Request(text="reopen the cabin C7", now=NOW), proposal, [close("close up")]))
    assert left.weighty == against


async def verdict_of(text: str, name: str) -> object:
    return await read_words(text, world(name))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("lending", "take the Tile cutter out of the cellar", "take the Tile cutter out of the cellar"),
    ],
)
async def test_an_order_to_remove_runs_no_action_that_removes_nothing(name: str, text: str, told: str) -> None:
    verdict = await verdict_of(text, name)
    assert isinstance(verdict, Question), verdict
    assert f"‘{told}’ doesn't ask for it" in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("name", "text", "now"),
    [
        ("vet", "take Clementine off the light diet", "The diet of Clementine is light now."),
        ("vet", "get Bruno off kidney", "The diet of Bruno is kidney now."),
        ("foodbank", "take Maryam Haidari off halal", "The diet of Maryam Haidari is halal now."),
        ("garage", "please take job 802 out of waiting for parts", "is waiting for parts now."),
    ],
)
async def test_a_value_that_is_left_is_asked_for_anew(name: str, text: str, now: str) -> None:
    verdict = await verdict_of(text, name)
    assert isinstance(verdict, Question), verdict
    assert f"{now} What should it be instead: " in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "take 5 euros off bill 811"),
        ("hotel", "take room 101 out of service until Friday"),
        ("riding", "take Samir off beginner and put him on intermediate"),
        ("riding", "take Thunder out for 3 days"),
        ("foodbank", "take in 3 pasta"),
        ("lending", "put the Tile cutter away in the cellar"),
    ],
)
async def test_what_removes_itself_or_moves_something_elsewhere_is_none(name: str, text: str) -> None:
    assert isinstance(await verdict_of(text, name), Plan)


def test_what_is_taken_away_and_put_elsewhere_is_moved_by_one_call_alone() -> None:
    text = "strike cabin C7 from the plan and give it to Ada"
    assert not [*find_removals(text, [note_down("Give a cabin")])]
    twice = [note_down("Give a cabin"), note_down("Give a cabin")]
    assert [text[slice(*each)] for each in find_removals(text, twice)] == ["strike cabin C7 from"]


@pytest.mark.parametrize(
    ("title", "removes"), [("Waive a fare", True), ("Take a cabin off sale", True), ("Put off a cabin", False)]
)
def test_a_verb_or_particle_of_its_own_tells_that_an_action_removes(title: str, removes: bool) -> None:
    assert bool([*find_removals("take C7 off the plan", [note_down(title)])]) is not removes


@pytest.mark.parametrize(
    ("text", "out"),
    [("Ada is out of C7", ["out of "]), ("Ada’s off the C7", ["off the "]), ("Ada is out of town, note C7", [])],
)
def test_being_out_of_what_was_used_is_no_order_for_it(text: str, out: list[str]) -> None:
    taken = [(text.index("C7"), len(text))]
    assert [text[slice(*each)] for each in find_removals(text, [note_down("Give a cabin")], taken)] == out
