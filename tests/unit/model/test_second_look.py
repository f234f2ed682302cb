"""The words alone are read a second time. Where it is told how the model weighed the actions, both minds are pooled; else the words
overrule a model that found nothing, and any other disagreement is asked about."""

from __future__ import annotations

from agent.pipeline import Abstain, Ask, Calls, Choice, Draft, Mention, Question, Several, Span
from agent.resolve.merge import joined
from agent.resolve.pool import Minds
from agent.resolve.second import reconciled
from registry.contract import Annotation
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


def said_at(text: str, start: int = 0) -> Mention:
    return Mention(spans=(Span(start=start, end=start + len(text), text=text),))


def one(**arguments: Mention | Choice | Several) -> Calls:
    return Calls(drafts=(Draft(action="a.one", arguments=arguments),), confidence=0.9)


def test_where_both_agree_the_model_says_what_the_words_are_for() -> None:
    made = joined(one(name=said_at("Mia"), day=said_at("today", 9)), one(name=said_at("Mi")), SHORTLIST)
    assert isinstance(made, Calls)
    assert made.drafts[0].arguments == {"name": said_at("Mia"), "day": said_at("today", 9)}


def test_a_list_of_which_the_model_named_one_is_not_cut_short() -> None:
    visits, length = Choice(value="visits", spans=()), Choice(value="length", spans=())
    both = Several(items=(visits, length))
    made = joined(one(plot=visits), one(plot=both), SHORTLIST)
    assert isinstance(made, Calls)
    assert made.drafts[0].arguments["plot"] == both
    other = joined(one(plot=Choice(value="clicks", spans=())), one(plot=both), SHORTLIST)
    assert isinstance(other, Calls)
    assert other.drafts[0].arguments["plot"] == Choice(value="clicks", spans=())


def test_which_record_is_meant_is_the_words_to_say_where_both_agree() -> None:
    offer = Offer("a.one", 1, "", "", {"properties": {"of": {}}}, annotations={"of": Annotation(record="order")})
    made = joined(one(of=said_at("order")), one(of=said_at("order 7")), Shortlist([offer]))
    assert isinstance(made, Calls)
    assert made.drafts[0].arguments == {"of": said_at("order 7")}


def test_several_calls_that_both_list_are_read_each_in_its_own_part() -> None:
    ours = Calls(
        drafts=tuple(Draft(action="a.one", arguments={"day": said_at(day, at)}) for day, at in (("3 May", 5), ("4 May", 20)))
    )  # fmt: skip
    theirs = Calls(drafts=(Draft(action="a.one", arguments={"day": said_at("3 May", 5)}),) * 2)
    made = joined(theirs, ours, SHORTLIST)
    assert isinstance(made, Calls)
    assert [draft.arguments["day"] for draft in made.drafts] == [said_at("3 May", 5), said_at("4 May", 20)]


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


def test_what_neither_would_do_by_itself_is_asked_about_however_likely_both_together_hold_it() -> None:
    doubtful = Ask(question=Question(slot="action", code="unclear_action", text="Is it?"), drafts=calls("a.one").drafts)
    weighed = minds({"a.one": 0.38}, {"a.one": 0.45, Minds.NONE: 0.55})
    made = reconciled(NOTHING, doubtful, SHORTLIST, [], weighed)
    assert isinstance(made, Ask)
    assert made.drafts == doubtful.drafts
    assert isinstance(reconciled(calls("a.one"), doubtful, SHORTLIST, [], weighed), Calls)


def test_nothing_is_done_that_is_not_likelier_than_all_else_together() -> None:
    weighed = minds({"a.one": 0.45}, {"a.one": 0.0, Minds.NONE: 1.0})
    assert isinstance(reconciled(NOTHING, calls("a.one", confidence=0.45), SHORTLIST, [], weighed), Ask)


def test_a_question_about_what_neither_chose_holds_what_the_words_make_of_it() -> None:
    read = {"a.three": Draft(action="a.three", arguments={"day": said_at("today")})}
    weighed = minds({"a.three": 0.4, "a.two": 0.2}, {"a.one": 0.3, "a.three": 0.4})
    made = reconciled(calls("a.one"), calls("a.two"), SHORTLIST, [], weighed, read)
    assert isinstance(made, Ask)
    assert made.drafts == (read["a.three"],)


def test_what_one_of_them_put_first_is_proposed_before_what_neither_did_where_that_is_about_as_likely() -> None:
    def proposed(other: float) -> str:
        weighed = minds({"a.two": 0.3, "a.three": other}, {"a.two": 0.2, "a.three": 0.2, Minds.NONE: 0.6})
        made = reconciled(NOTHING, calls("a.two"), SHORTLIST, [], weighed)
        assert isinstance(made, Ask)
        return made.question.candidates[0].id

    assert proposed(0.32) == "a.two"
    assert proposed(0.6) == "a.three"


def test_several_wishes_stand_against_one_that_the_model_all_but_doubted() -> None:
    both, notes = calls("a.one", "a.two"), list[str]()
    doubted = minds({"a.one": 0.9}, {"a.three": 0.7, Minds.NONE: 0.3})
    assert reconciled(calls("a.three"), both, SHORTLIST, notes, doubted) is both
    assert "together a.one" in notes[0]
    level = minds({"a.one": 0.3, "a.three": 0.3}, {"a.three": 0.9, "a.one": 0.1})
    assert isinstance(reconciled(calls("a.three"), both, SHORTLIST, [], level), Ask)


def test_what_the_words_read_as_one_is_not_taken_to_pieces() -> None:
    whole = one(of=said_at("all of Mia's and Li's orders"))
    pieces = Calls(
        drafts=tuple(Draft(action="a.one", arguments={"of": said_at(text, at)}) for text, at in (("Mia's", 7), ("Li's", 17)))
    )  # fmt: skip
    sure = minds({"a.one": 0.9}, {"a.one": 0.9})
    made = reconciled(pieces, whole, SHORTLIST, [], sure)
    assert isinstance(made, Calls)
    assert made.drafts == whole.drafts
    more = Calls(drafts=(*pieces.drafts, Draft(action="a.one", arguments={"of": said_at("Bo's", 40)})))
    listed = reconciled(more, whole, SHORTLIST, [], sure)
    assert isinstance(listed, Calls)
    assert listed.drafts == more.drafts


def test_what_the_model_read_for_another_action_is_lent_to_the_one_that_is_taken() -> None:
    text, number = {"type": "string"}, {"type": "integer"}
    offers = Shortlist(
        [
            Offer("a.one", 1, "", "", {"properties": {"artist": text, "year": number, "album": text}}),
            Offer("a.two", 1, "", "", {"properties": {"artist": text, "year": text, "album": text, "device": text}}),
        ]
    )
    words = one(album=said_at("Acting", 20))
    given = {
        "artist": said_at("Sia"),
        "year": said_at("2019", 40),
        "album": said_at("Sia"),
        "device": said_at("hall", 50),
    }
    said = Calls(drafts=(Draft(action="a.two", arguments=given),))
    weighed = Minds(words={"a.one": 0.8}, model={"a.one": 0.2, "a.two": 0.8})
    made = reconciled(said, words, offers, [], weighed)
    assert isinstance(made, Calls)
    assert made.drafts[0].arguments == {"album": said_at("Acting", 20), "artist": said_at("Sia")}
    taken = reconciled(said, one(album=said_at("Sia")), offers, [], weighed)
    assert isinstance(taken, Calls)
    assert taken.drafts[0].arguments == {"album": said_at("Sia")}


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
