"""The words alone are read a second time. Where it is told how the model weighed the actions, both minds are pooled; else the words
overrule a model that found nothing, and any other disagreement is asked about."""

from __future__ import annotations

from agent.pipeline import Abstain, Ask, Calls, Draft, Question
from agent.resolve.pool import Minds
from agent.resolve.second import reconciled
from registry.offer import Offer
from registry.shortlist import Shortlist

SHORTLIST = Shortlist(
    [Offer(name, 1, name, f"It does {name}.", {"properties": {}}) for name in ("a.one", "a.two", "a.three")]
)
NOTHING = Abstain(reason="nothing_fits", detail="")


def calls(*actions: str, confidence: float = 0.9) -> Calls:
    return Calls(drafts=tuple(Draft(action=each) for each in actions), confidence=confidence)


def asked(*actions: str) -> Ask:
    made = reconciled(calls("a.one"), calls("a.two"), SHORTLIST, [])
    assert isinstance(made, Ask)
    candidates = tuple(
        each.model_copy(update={"id": name}) for each, name in zip(made.question.candidates, actions, strict=True)
    )
    return Ask(question=Question(slot="action", code="unclear_action", text="Which?", candidates=candidates))


def test_what_both_say_stands() -> None:
    said = calls("a.one")
    assert reconciled(said, calls("a.one"), SHORTLIST, []) is said


def test_words_that_are_firm_overrule_a_model_that_found_nothing() -> None:
    words, notes = calls("a.one"), list[str]()
    assert reconciled(NOTHING, words, SHORTLIST, notes) is words
    assert "a.one" in notes[0]


def test_words_that_are_not_firm_leave_it_at_nothing() -> None:
    assert reconciled(NOTHING, calls("a.one", confidence=0.3), SHORTLIST, []) is NOTHING


def test_a_model_that_would_not_work_on_it_is_not_overruled() -> None:
    refused = Abstain(reason="model_refused", detail="")
    assert reconciled(refused, calls("a.one"), SHORTLIST, []) is refused


def test_two_readings_are_asked_about() -> None:
    made = reconciled(calls("a.one"), calls("a.two"), SHORTLIST, [])
    assert isinstance(made, Ask)
    assert [each.id for each in made.question.candidates] == ["a.one", "a.two"]


def test_a_wish_that_the_model_passed_over_is_not_lost() -> None:
    both = calls("a.one", "a.two")
    assert reconciled(calls("a.one"), both, SHORTLIST, []) is both
    assert isinstance(reconciled(both, calls("a.one"), SHORTLIST, []), Ask)


def test_what_the_words_do_not_speak_of_is_asked_about() -> None:
    made = reconciled(calls("a.one"), NOTHING, SHORTLIST, [])
    assert isinstance(made, Ask)
    assert [each.id for each in made.question.candidates] == ["a.one"]


def test_an_order_not_to_do_it_is_no_reason_to_do_it() -> None:
    assert isinstance(reconciled(NOTHING, NOTHING, SHORTLIST, []), Abstain)


def test_words_answer_a_model_that_asks_between_two() -> None:
    words = calls("a.two")
    assert reconciled(asked("a.one", "a.two"), words, SHORTLIST, []) is words


def test_words_that_mean_neither_leave_the_question() -> None:
    question = asked("a.one", "a.two")
    assert reconciled(question, calls("a.three"), SHORTLIST, []) is question


def minds(words: dict[str, float], model: dict[str, float]) -> Minds:
    return Minds(words=words, model={"a.one": 0.0, "a.two": 0.0, "a.three": 0.0, Minds.NONE: 0.0, **model})


def test_of_two_readings_the_one_that_both_minds_bear_out_is_taken() -> None:
    words, notes = calls("a.two"), list[str]()
    weighed = minds({"a.two": 0.8, "a.one": 0.02}, {"a.one": 0.5, "a.two": 0.4})
    made = reconciled(calls("a.one"), words, SHORTLIST, notes, weighed)
    assert isinstance(made, Calls)
    assert [draft.action for draft in made.drafts] == ["a.two"]
    assert "together a.two" in notes[0]


def test_two_readings_that_stay_close_are_asked_about() -> None:
    weighed = minds({"a.one": 0.4, "a.two": 0.4}, {"a.one": 0.5, "a.two": 0.45})
    made = reconciled(calls("a.one"), calls("a.two"), SHORTLIST, [], weighed)
    assert isinstance(made, Ask)
    assert [each.id for each in made.question.candidates] == ["a.one", "a.two"]


def test_a_model_that_all_but_chose_what_the_words_say_is_heard_so() -> None:
    said = minds({"a.one": 0.8}, {"a.one": 0.4, Minds.NONE: 0.6})
    assert isinstance(reconciled(NOTHING, calls("a.one"), SHORTLIST, [], said), Calls)


def test_a_model_sure_that_nothing_fits_is_asked_about_by_fair_words_and_outdone_by_firm_ones() -> None:
    def come_to(fair: float) -> object:
        weighed = minds({"a.one": fair}, {"a.one": 0.0, Minds.NONE: 1.0})
        return reconciled(NOTHING, calls("a.one", confidence=fair), SHORTLIST, [], weighed)

    assert come_to(0.1) is NOTHING
    assert isinstance(come_to(0.3), Ask)
    assert isinstance(come_to(0.6), Calls)


def test_what_neither_mind_bears_out_is_left() -> None:
    below = Abstain(reason="below_threshold", detail="")
    weighed = minds({"a.one": 0.01}, {"a.one": 0.5, Minds.NONE: 0.5})
    assert isinstance(reconciled(calls("a.one"), below, SHORTLIST, [], weighed), Abstain)


def test_no_likelihood_outweighs_a_refusal_or_what_the_words_find_and_leave() -> None:
    sure = minds({"a.one": 0.9}, {"a.one": 0.9})
    refused = Abstain(reason="model_refused", detail="")
    assert reconciled(refused, calls("a.one"), SHORTLIST, [], sure) is refused
    assert isinstance(reconciled(calls("a.one"), NOTHING, SHORTLIST, [], sure), Ask)


def test_several_wishes_are_no_matter_of_likelihood() -> None:
    both = calls("a.one", "a.two")
    sure = minds({"a.one": 0.9}, {"a.one": 0.9})
    assert reconciled(calls("a.one"), both, SHORTLIST, [], sure) is both


def test_a_condition_that_can_not_be_checked_or_a_part_that_can_not_be_done_is_asked_about_whatever_the_model_is_sure_of() -> (
    None
):
    asks = Ask(
        question=Question(slot="action", code="unclear_action", text="Shall I do it regardless?"),
        drafts=(Draft(action="a.one"),),
        stands=True,
    )
    sure = minds({"a.one": 0.9}, {"a.one": 0.9})
    assert reconciled(calls("a.one"), asks, SHORTLIST, [], sure) is asks
    assert reconciled(calls("a.one"), asks, SHORTLIST, []) is asks
    assert reconciled(NOTHING, asks, SHORTLIST, [], sure) is NOTHING
    both = calls("a.one", "a.two")
    assert reconciled(both, asks, SHORTLIST, []) is both
