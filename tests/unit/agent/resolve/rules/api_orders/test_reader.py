from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.pipeline import Ask, Calls, Proposed, Request
from agent.planning.proposal import (
    AnswerResult,
    BelongsTo,
    Call,
    Find,
    OrderByField,
    PlanResult,
    QuotedText,
    RecordArgument,
    RecordsAnswer,
    TypedValue,
    Words,
)
from agent.resolve.rules.api_orders.reader import is_told, read_api_order
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation, Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind, Relation

NAMED = (Field("id", "id"), Field("name", search="name"))
JOB = RecordKind("job", "Job", ("job", "jobs", "cron job"), NAMED)
RUN = RecordKind(
    "run", "Run", ("run", "runs"), (*NAMED, Field("job", "id")), relations=(Relation("job", "job"),), order="name"
)
STAGE = RecordKind("stage", "Stage", ("stage", "stages"), NAMED)
MEMBER = RecordKind("member", "Member", ("member", "members"), NAMED)
GROUP = RecordKind("group", "Group", ("group", "groups"), NAMED)
KINDS = (JOB, RUN, STAGE, MEMBER, GROUP)
TEXT: dict[str, Any] = {"type": "string"}


def offer(name: str, title: str, properties: dict[str, Any], required: str, **more: Any) -> Offer:
    records = {each: Annotation(record=each.removesuffix("_id")) for each in properties if each.endswith("_id")}
    return Offer(
        name, 1, title, title, {"type": "object", "properties": properties, "required": required.split()},
        annotations=records, own_api=True, **more,
    )  # fmt: skip


GONE = {"risk": Risk.IRREVERSIBLE}
OFFERS = (
    offer("job_on.toggle", "Enable a job", {"job_id": TEXT, "stage_id": TEXT}, "job_id stage_id"),
    offer("jobs.create", "Create a job", {"name": TEXT, "size": {"type": "integer"}, "tags": {
        "type": "array", "items": TEXT, "default": []}}, "name tags"),
    offer("jobs.update", "Update a job", {"job_id": TEXT, "description": TEXT, "name": TEXT, "is_paused": {
        "type": "boolean"}, "mode": {"enum": ["fast", "slow"], "type": "string"}, "labels": {
        "type": "array", "items": TEXT}, "alerts_muted": {"type": "boolean"}, "group_id": TEXT, "limit": {
        "type": "integer", "description": "Longest run in minutes"}}, "job_id"),
    offer("invites.create", "Invite a visitor to a group", {"group_id": TEXT, "email": {
        "type": "string", "format": "email"}}, "group_id email"),
    offer("badges.delete", "Delete member badge", {"badge_id": TEXT}, "badge_id", **GONE),
    offer("guests.create", "Create a guest", {"id": TEXT, "username": TEXT, "email": TEXT}, ""),
    offer("lanes.create", "Create a lane", {"lane": TEXT, "color": TEXT}, "lane color"),
    offer("hooks.create", "Create a new hook", {"backup_urls": {"type": "array", "items": TEXT}, "target": {
        "type": "string", "format": "uri"}, "title": TEXT, "page_url": TEXT}, "target"),
    offer("jobs.delete", "Delete a job", {"job_id": TEXT}, "job_id", **GONE),
    offer("jobs.archive", "Archive a list of jobs", {"jobs": {"type": "array", "items": TEXT}}, "jobs"),
    offer("job.archive", "Archive a job", {"job_id": TEXT}, "job_id"),
    offer("notes.delete", "Delete jobs owned by resource", {"resource": TEXT}, "resource", **GONE),
    offer("notes.drop", "Delete a note", {"id": {"type": "integer"}}, "id", **GONE),
    offer("members.delete", "Delete a member", {"member_id": TEXT}, "member_id", **GONE),
    offer("runs.create", "Create a run from a job", {"job_id": TEXT, "labels": {
        "type": "array", "items": TEXT}}, "job_id"),
    offer("runs.delete", "Delete a run", {"run_id": TEXT}, "run_id", **GONE),
    offer("runs.list", "List runs", {}, "", risk=Risk.READ),
)  # fmt: skip
SHORTLIST = Shortlist(OFFERS)


def read(text: str) -> Proposed | None:
    return read_api_order(text, SHORTLIST, KINDS)


def calls(text: str) -> tuple[Call, ...]:
    made = read(text)
    assert made is not None
    assert isinstance(made.proposal.result, PlanResult)
    return made.proposal.result.calls


def told(call: Call) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, argument in call.arguments.items():
        match argument:
            case RecordArgument(reference=Find(said=words)):
                said[name] = words.text if words is not None else None
            case QuotedText(quote=quote):
                said[name] = quote.text
            case TypedValue(value=value):
                said[name] = value
    return said


@pytest.mark.parametrize(
    ("text", "action", "arguments"),
    [
        ("create a job called night_copy with size 5", "jobs.create", {"name": "night_copy", "size": 5}),
        ("please add a job night_copy", "jobs.create", {"name": "night_copy"}),
        ("pause the cron job night_copy", "jobs.update", {"job_id": "night_copy", "is_paused": True}),
        ("unpause night_copy", "jobs.update", {"job_id": "night_copy", "is_paused": False}),
        ("turn off night_copy now", "jobs.update", {"job_id": "night_copy", "is_paused": True}),
        ("set night_copy to slow", "jobs.update", {"job_id": "night_copy", "mode": "slow"}),
        ("rename the job night_copy to Copy of the day", "jobs.update", {
            "job_id": "night_copy", "name": "Copy of the day"}),
        ("change night_copy's description to “what we keep”", "jobs.update", {
            "job_id": "night_copy", "description": "what we keep"}),
        ("add a description to night_copy: kept for a year", "jobs.update", {
            "job_id": "night_copy", "description": "kept for a year"}),
        ("mute the job night_copy", "jobs.update", {"job_id": "night_copy", "alerts_muted": True}),
        ("unmute the alerts of the job night_copy", "jobs.update", {"job_id": "night_copy", "alerts_muted": False}),
        ("add a hook for https://one.example/in", "hooks.create", {"target": "https://one.example/in"}),
        ("create a hook to https://one.example/in titled Arrivals", "hooks.create", {
            "target": "https://one.example/in", "title": "Arrivals"}),
        ("delete note 12", "notes.drop", {"id": 12}),
        ("archive the job night_copy", "job.archive", {"job_id": "night_copy"}),
        ("remove the job night_copy", "jobs.delete", {"job_id": "night_copy"}),
        ("create a job called night_copy with a size of 5", "jobs.create", {"name": "night_copy", "size": 5}),
        ("invite ana@one.example to the group Evening", "invites.create", {
            "group_id": "Evening", "email": "ana@one.example"}),
        ("create a guest named piet", "guests.create", {"username": "piet"}),
        ("add a lane called quick with the colour red", "lanes.create", {"lane": "quick", "color": "red"}),
        ("set the limit of the job night_copy to 20 minutes", "jobs.update", {"job_id": "night_copy", "limit": 20}),
        ("move night_copy to the group Evening", "jobs.update", {"job_id": "night_copy", "group_id": "Evening"}),
        ("turn the job night_copy on in the live stage", "job_on.toggle", {"job_id": "night_copy", "stage_id": "live"}),
    ],
)  # fmt: skip
def test_each_part_of_an_order_has_a_place_in_the_action(text: str, action: str, arguments: dict[str, Any]) -> None:
    (call,) = calls(text)
    assert (call.action, told(call)) == (action, arguments)


def test_whose_name_stands_without_a_noun_is_left_to_live_data() -> None:
    made = read("delete night_copy")
    assert made is not None
    every = [
        each.result.calls[0].action for each in (made.proposal, *made.instead) if isinstance(each.result, PlanResult)
    ]
    assert sorted(every) == ["jobs.delete", "members.delete", "runs.delete"]


def test_a_record_of_one_kind_is_no_id_of_another() -> None:
    assert {each.action for each in calls("delete the member ana")} == {"members.delete"}
    without = read_api_order(
        "delete the member ana", Shortlist([o for o in OFFERS if o.name != "members.delete"]), KINDS
    )
    assert without is None


def test_two_names_are_tried_either_way() -> None:
    made = read("enable night_copy in live")
    assert made is not None
    every = [
        told(each.result.calls[0]) for each in (made.proposal, *made.instead) if isinstance(each.result, PlanResult)
    ]
    assert {"job_id": "night_copy", "stage_id": "live"} in every
    assert {"job_id": "live", "stage_id": "night_copy"} in every


def test_the_last_one_of_something_is_found_by_what_it_belongs_to() -> None:
    (call,) = calls("delete the last run of night_copy")
    owner = Find(record="job", said=Words(text="night_copy", start=23))
    last = Find(record="run", where=(BelongsTo(owner=owner),), order=OrderByField(first="latest"))
    assert call.arguments["run_id"] == RecordArgument(reference=last)


def test_two_orders_joined_by_and_are_two_calls() -> None:
    made = calls("delete the job night_copy and the member ana")
    assert [(each.action, told(each)) for each in made] == [
        ("jobs.delete", {"job_id": "night_copy"}),
        ("members.delete", {"member_id": "ana"}),
    ]


def test_names_without_a_noun_that_and_joins_are_one_actions_whichever_it_is() -> None:
    made = read("delete night_copy and day_copy")
    assert made is not None
    results = [each.result for each in (made.proposal, *made.instead)]
    every = [[call.action for call in each.calls] for each in results if isinstance(each, PlanResult)]
    assert sorted(every) == [["jobs.delete"] * 2, ["members.delete"] * 2, ["runs.delete"] * 2]


def test_records_that_shall_be_shown_are_an_answer() -> None:
    made = read("list all runs")
    assert made is not None
    assert isinstance(made.proposal.result, AnswerResult)
    assert made.proposal.result.answer == RecordsAnswer(records=Find(record="run", pick="all"))


@pytest.mark.parametrize(
    "text",
    [
        "delete every job",
        "delete night_copy unless it ran",
        "don't delete night_copy",
        "cancel the run night_copy",  # to cancel is not to delete
        "add the label nightly to the job night_copy",  # one more is not all that there is; a run was not spoken of
        "remove the member ana from the job night_copy",  # to leave something is not to be deleted
        "remove the member Ana Lind from the job Night Copy",
        "delete the run of night_copy",  # whose it is, and not what it is called
        "create a job for the new copies",
        "rename the run night_copy to day_copy",  # nothing changes a run's name
        "update night_copy",
        "delete night_copy at midnight",
        "delete night_copy tomorrow",
        "why is night_copy paused?",
        "set the limit of the job night_copy to 20 hours",  # what it counts are minutes
    ],
)
def test_what_is_no_plain_order_or_has_no_place_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("create the jobs night_copy and day_copy", ["night_copy", "day_copy"]),
        ("create jobs night_copy, day_copy and noon", ["night_copy", "day_copy", "noon"]),
        ("create jobs night_copy, day_copy, and noon", ["night_copy", "day_copy", "noon"]),
        ("create jobs 'night, day' & noon", ["night, day", "noon"]),
        ("create a job called night and day", ["night and day"]),  # one, with such a name
    ],
)
def test_several_that_are_made_have_a_name_each(text: str, names: list[str]) -> None:
    assert [(call.action, told(call)["name"]) for call in calls(text)] == [("jobs.create", name) for name in names]


def test_several_that_one_noun_names_are_not_done_different_things_and_are_no_single_name() -> None:
    several = {"group_id": TEXT, "members": {"type": "array", "items": TEXT}}
    offers = (
        offer("members.create", "Create a member", {"name": TEXT}, "name", aliases=("add a member",)),
        offer("group_members.add", "Add members to a group", several, "group_id members"),
    )
    assert read_api_order("add members ana and bo to the group night", Shortlist(offers), KINDS) is None
    assert read_api_order("add members ana and bo", Shortlist(offers), KINDS) is not None


def test_an_action_is_told_by_its_verb_alone() -> None:
    by_name = {each.name: each for each in OFFERS}
    assert is_told("please drop night_copy", by_name["jobs.delete"])
    assert not is_told("cancel night_copy", by_name["jobs.delete"])
    assert not is_told("start night_copy", by_name["runs.list"])


async def resolved(text: str) -> object:
    request = Request(text=text, now=datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return (await RuleResolver().resolve(request, SHORTLIST, KINDS)).resolution


async def test_what_only_another_reader_makes_a_plan_of_is_asked_about() -> None:
    assert isinstance(await resolved("delete the job night_copy"), Proposed)
    assert not isinstance(await resolved("update night_copy"), Proposed)  # nothing that shall change
    assert isinstance(await resolved("delete day_copy at midnight"), Ask)  # no record is named


async def test_a_question_to_an_imported_platform_is_answered_from_its_records() -> None:
    made = await resolved("how many jobs are there?")
    assert isinstance(made, Proposed)
    assert isinstance(made.proposal.result, AnswerResult)
    order = await resolved("could you delete the job Night Copy?")
    assert isinstance(order, Proposed)
    assert isinstance(order.proposal.result, PlanResult)


async def test_a_change_of_an_api_without_kinds_is_asked_about() -> None:
    bare = Shortlist([replace(each, annotations={}) for each in OFFERS])
    request = Request(text="enable the job night_copy in live", now=datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    made = await RuleResolver().resolve(request, bare, ())
    assert not isinstance(made.resolution, Calls)


def test_a_name_with_a_preposition_is_tried_as_one_name_too() -> None:
    made = read("delete the run Early Birds in May")
    assert made is not None
    results = [each.result for each in (made.proposal, *made.instead)]
    names = [told(call).get("run_id") for each in results if isinstance(each, PlanResult) for call in each.calls]
    assert "Early Birds in May" in names


async def test_actions_that_were_written_for_requests_are_not_taken_for_an_api() -> None:
    written = Shortlist([replace(each, own_api=False) for each in OFFERS])
    request = Request(text="delete the job night_copy", now=datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    made = await RuleResolver().resolve(request, written, KINDS)
    assert isinstance(made.resolution, Calls)
    assert [each.action for each in made.resolution.drafts] == ["jobs.delete"]
