"""Records of a connector document: pushed down, paged, checked again, never cut where that would change the answer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.errors import InvalidInput, PlatformUnavailable
from registry.connector import PlatformAnswer, PlatformRequest
from registry.declarative.document import parse
from registry.declarative.records import MAX_READ, DeclarativeRecords
from registry.records import Query
from tests.unit.registry.declarative.shop import DOCUMENT, FakeShop, document, rows

PAGINGS: dict[str, Any] = {
    "page": {"type": "page", "place": {"query": "page"}, "size": {"query": "size"}, "max_size": 10},
    "offset": {"type": "offset", "place": {"query": "from"}, "size": {"query": "size"}, "max_size": 10},
    "cursor": {
        "type": "cursor", "place": {"query": "cursor"}, "next": "/next", "size": {"query": "size"}, "max_size": 10,
    },
    "next_url": {"type": "next_url", "next": "/next", "size": {"query": "size"}, "max_size": 10},
    "link": {"type": "link", "size": {"query": "size"}, "max_size": 10},
}  # fmt: skip


def records(shop: FakeShop, value: dict[str, Any] = DOCUMENT) -> DeclarativeRecords:
    return DeclarativeRecords(shop, parse(value), {"tenant": "acme"})


async def test_a_record_has_its_declared_fields_in_our_types_and_nothing_else() -> None:
    record = await records(FakeShop(rows())).get("basket", "B001")
    assert record is not None
    assert record.values == {
        "number": "B001", "status": "paid", "total": 150, "currency": "EUR", "made_at": "2026-10-02T08:00:00.000000Z",
        "email": "buyer1@example.org", "buyer": "Grace Hopper", "title": "Box 1", "filled": True,
    }  # fmt: skip
    assert record.label == "B001 · 1.50 EUR · paid"


async def test_what_can_be_no_id_is_not_even_asked_for() -> None:
    shop = FakeShop(rows())
    for odd in ("../orders", "a/b", "x?y", "#", "", "a b", "..", "%2e%2e"):
        assert await records(shop).get("basket", odd) is None
    assert shop.asked == []
    assert await records(shop).get("basket", "B999") is None


class Strict(FakeShop):
    """Refuses an id of another form than its own, or every read of one basket."""

    def __init__(self, held: list[dict[str, Any]], status: int, *, every: bool = False) -> None:
        super().__init__(held)
        self.status, self.every = status, every

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        below, _, number = request.path.partition("/baskets/")
        if number and (self.every or not re.fullmatch(r"B\d+", number)):
            raise PlatformUnavailable(f"GET {below} was refused.", lasting=True, status=self.status)
        return await super().read(request)


@pytest.mark.parametrize("status", [400, 422])
async def test_an_id_that_the_platform_refuses_while_it_reads_others_is_no_records(status: int) -> None:
    for held in (rows(3), []):
        assert await records(Strict(held, status)).get("basket", "Berg") is None


async def test_a_refusal_that_is_not_the_ids_fault_is_an_outage() -> None:
    for shop in (Strict(rows(3), 422, every=True), Strict(rows(3), 403)):
        with pytest.raises(PlatformUnavailable, match="was refused"):
            await records(shop).get("basket", "Berg")
    with pytest.raises(PlatformUnavailable, match="was refused"):
        await records(Strict(rows(1), 422, every=True)).get("basket", "B000")


async def test_a_listed_record_that_the_platform_refuses_to_read_is_not_left_out() -> None:
    value = document()
    value["kinds"]["basket"]["get"]["fuller"] = True
    shop = Strict([*rows(2), {**rows(1)[0], "no": "7"}], 422)
    with pytest.raises(PlatformUnavailable, match="was refused"):
        await records(shop, value).search(Query("basket"))


async def test_filters_bounds_and_order_go_to_the_platform() -> None:
    shop = FakeShop(rows(40))
    between = {"made_at": ("2026-10-05", None)}
    query = Query("basket", where={"status": ("paid", "open")}, order="made_at", limit=4, between=between)
    found = await records(shop).search(query)
    assert dict(shop.asked[0].query) == {
        "state": "p,n", "since": "2026-10-05", "sort": "-made", "page": "1", "size": "4",
    }  # fmt: skip
    assert len(shop.asked) == 1
    assert [each.values["made_at"][:10] for each in found] == sorted(
        (each.values["made_at"][:10] for each in found), reverse=True
    )


@pytest.mark.parametrize("paging", PAGINGS)
async def test_every_way_of_paging_reads_the_same_records(paging: str) -> None:
    shop = FakeShop(rows(25), paging=paging)
    found = await records(shop, document(pagination=PAGINGS[paging])).search(Query("basket", limit=25))
    assert [each.id for each in found] == [f"B{number:03d}" for number in range(25)]


@pytest.mark.parametrize("paging", PAGINGS)
async def test_an_offset_begins_where_the_page_before_ended(paging: str) -> None:
    source = records(FakeShop(rows(30), paging=paging), document(pagination=PAGINGS[paging]))
    whole = [each.id for each in await source.search(Query("basket", order="made_at", limit=30))]
    parts = [
        [each.id for each in await source.search(Query("basket", order="made_at", limit=7, offset=offset))]
        for offset in (0, 7, 14, 21, 28)
    ]
    assert [each for part in parts for each in part] == whole


async def test_a_platform_that_ignores_the_filter_and_the_order_is_not_believed() -> None:
    shop = FakeShop(rows(25), filters=False)
    found = await records(shop).search(Query("basket", where={"status": ("paid",)}, order="made_at", limit=3))
    assert [each.id for each in found] == ["B022", "B019", "B016"]
    later = await records(shop).search(Query("basket", where={"status": ("paid",)}, order="made_at", limit=3, offset=3))
    assert [each.id for each in later] == ["B013", "B010", "B007"]


async def test_what_the_platform_cannot_filter_by_is_looked_for_on_every_page() -> None:
    shop = FakeShop(rows(25))
    found = await records(shop).search(Query("basket", where={"buyer": ("Linus Berg",)}, order="total", limit=2))
    assert [each.id for each in found] == ["B023", "B018"]
    assert len(shop.asked) == 3 + 2  # what may have moved to a page before the last is looked for once more


async def test_more_than_may_be_read_is_refused_rather_than_cut() -> None:
    source = records(FakeShop(rows(MAX_READ + 5)), document(pagination={**PAGINGS["page"], "max_size": 100}))
    with pytest.raises(PlatformUnavailable, match="more than 1000 basket records") as many:
        await source.search(Query("basket", where={"buyer": ("Nobody",)}))
    assert many.value.lasting
    with pytest.raises(PlatformUnavailable, match="by total"):
        await source.search(Query("basket", order="total", limit=1))
    assert len(await source.search(Query("basket", order="made_at", limit=1))) == 1


async def test_a_name_is_found_by_any_word_without_accents_and_with_a_slip() -> None:
    source = records(FakeShop(rows(10)))
    for text in ("Adam", "novotny", "Adam Novotny", "Novotni"):
        found = await source.search(Query("basket", text, "name"))
        assert {each.values["buyer"] for each in found} == {"Adam Novotný"}, text
    both = await source.search(Query("basket", "Ada", "name"))
    assert {each.values["buyer"] for each in both} >= {"Ada Byron", "Ada Lind"}


async def test_a_number_is_asked_for_exactly_where_the_platform_can_be() -> None:
    shop = FakeShop(rows(10))
    found = await records(shop).search(Query("basket", "#b007", "number"))
    assert [each.id for each in found] == ["B007"]
    assert all("no" in dict(each.query) for each in shop.asked)
    assert [each.id for each in await records(shop).search(Query("basket", "BUYER3@example.org", "email"))] == ["B003"]


async def test_undeclared_fields_and_kinds_can_not_be_probed() -> None:
    source = records(FakeShop(rows()))
    for query in (Query("basket", where={"secret": ("never",)}), Query("basket", order="secret"), Query("user")):
        with pytest.raises(InvalidInput):
            await source.search(query)


async def test_an_answer_of_another_shape_is_told_without_its_content() -> None:
    shop = FakeShop([{**rows(1)[0], "sum": "a lot"}])
    with pytest.raises(PlatformUnavailable, match="'total'") as caught:
        await records(shop).search(Query("basket"))
    assert "a lot" not in caught.value.detail
    with pytest.raises(PlatformUnavailable, match="a list at /rows"):
        await records(FakeShop(rows()), document(records="/rows")).search(Query("basket"))


async def test_a_search_may_be_a_post_with_its_values_in_the_body() -> None:
    shop = FakeShop(rows(20))
    value = document(
        method="POST",
        body={"kind": "full"},
        text={"body": "/q"},
        filters={"status": {"body": "/state", "several": "comma"}},
        bounds={},
        order={"place": {"body": "/sort"}, "fields": {"made_at": "made"}},
        pagination={"type": "page", "place": {"body": "/page"}, "size": {"body": "/size"}, "max_size": 10},
    )
    found = await records(shop, value).search(Query("basket", where={"status": ("paid",)}, order="made_at", limit=2))
    assert [each.values["status"] for each in found] == ["paid", "paid"]
    assert shop.asked[0].body == {"kind": "full", "state": "p", "sort": "-made", "page": 1, "size": 2}
    assert shop.asked[0].query == ()


async def test_languages_add_their_nouns_and_states() -> None:
    (kind,) = records(FakeShop(rows())).kinds()
    assert kind.nouns == ("basket", "baskets", "Korb")
    assert kind.states["bezahlt"] == {"status": ("paid",)}


async def test_a_lenient_field_leaves_out_what_does_not_fit_it() -> None:
    value = document()
    kind = value["kinds"]["basket"]
    kind["fields"]["total"]["lenient"] = True
    shop = FakeShop([{**rows(1)[0], "sum": "a lot"}])
    (found,) = await records(shop, value).search(Query("basket"))
    assert found.values["total"] is None


class ListsNothing(FakeShop):
    """Tells of a basket by its number alone: its list wants more than anybody can say."""

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        if request.path == "/v1/acme/baskets":
            raise PlatformUnavailable("no /v1/acme/baskets")
        return await super().read(request)


async def test_a_number_is_read_by_itself_where_nothing_can_be_listed() -> None:
    shop = ListsNothing([{**each, "no": str(at)} for at, each in enumerate(rows(4))])
    assert [each.id for each in await records(shop).search(Query("basket", "3"))] == ["3"]
    for query in (Query("basket", "Ada"), Query("basket", "9"), Query("basket", "3", where={"status": ("cancelled",)})):
        with pytest.raises(PlatformUnavailable):
            await records(shop).search(query)


class Shifting(FakeShop):
    """A shop where somebody deletes the first basket while the list is read, before the ``at``-th request, or at each
    request puts one ``into`` the list."""

    def __init__(self, held: list[dict[str, Any]], *, at: int = 0, into: int | None = None, **how: Any) -> None:
        super().__init__(held, **how)
        self.at, self.into = at, into

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        number = len(self.asked) + 1
        if number == self.at:
            self.held = self.held[1:]
        if self.into is not None:
            self.held.insert(self.into, {**self.held[0], "no": f"N{number:03d}"})
        answer = await super().read(request)
        return PlatformAnswer(answer.status, {**answer.body, "total": len(self.held)}, answer.headers)


@pytest.mark.parametrize("paging", ["page", "offset", "next_url", "link"])
@pytest.mark.parametrize("total", [None, "/total"])
async def test_a_record_that_moves_to_an_earlier_page_meanwhile_is_found(paging: str, total: str | None) -> None:
    shop = Shifting(rows(25), at=2, paging=paging, filters=False)
    told = {"total": total} if total else {}
    source = records(shop, document(pagination={**PAGINGS[paging], **told}))
    found = await source.search(Query("basket", order="made_at", limit=25))
    assert {f"B{number:03d}" for number in range(1, 25)} <= {each.id for each in found}
    assert [each.values["made_at"] for each in found] == sorted((e.values["made_at"] for e in found), reverse=True)


async def test_a_page_that_is_read_again_on_purpose_says_so() -> None:
    """Or it would be answered with what the request remembers of it, and nothing that moved would be noticed."""
    shop = Shifting(rows(25), at=2, filters=False)
    await records(shop).search(Query("basket", order="made_at", limit=25))
    told = [(tuple(each.query), each.again) for each in shop.asked]
    assert len(told) == len(set(told)) > len({query for query, _ in told})


async def test_a_list_that_tells_its_total_is_read_once_where_it_rests() -> None:
    shop = Shifting(rows(25), at=99)
    paging = {**PAGINGS["page"], "total": "/total"}
    assert len(await records(shop, document(pagination=paging)).search(Query("basket", limit=25))) == 25
    assert len(shop.asked) == 3


async def test_a_list_that_never_comes_to_rest_is_refused() -> None:
    shop = Shifting(rows(45), into=5, filters=False)
    with pytest.raises(PlatformUnavailable, match="changes while it is read"):
        await records(shop).search(Query("basket", order="total", limit=5))
    busy = Shifting(rows(45), into=0, filters=False)  # what is new stands before all that was read
    assert len(await records(busy).search(Query("basket", order="total", limit=5))) == 5


class Keyed(FakeShop):
    """A shop that answers its list as an object, each basket under its number, and tells less there than by itself."""

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        if request.path.startswith("/v1/acme/baskets/"):
            return await super().read(request)
        self.asked.append(request)
        told = {each["no"]: {k: v for k, v in each.items() if k not in ("no", "title")} for each in self.held}
        return PlatformAnswer(200, {"items": told})


def keyed(**get: Any) -> dict[str, Any]:
    made = document(keyed_by="/no", pagination={"type": "none"})
    made["kinds"]["basket"]["get"] |= get
    return made


async def test_records_may_stand_under_their_keys_in_an_object() -> None:
    found = await records(Keyed(rows(4)), keyed()).search(Query("basket", "Linus Berg", "name"))
    assert [(each.id, each.values["buyer"], each.values["title"]) for each in found] == [("B003", "Linus Berg", None)]
    with pytest.raises(PlatformUnavailable, match=r'is not a list.*write "keyed_by"'):
        await records(Keyed(rows(4)), document()).search(Query("basket"))


async def test_what_a_list_leaves_out_is_read_of_each_record_found() -> None:
    shop = Keyed(rows(4))
    found = await records(shop, keyed(fuller=True)).search(Query("basket", "Linus Berg", "name"))
    assert [(each.id, each.values["title"]) for each in found] == [("B003", "Box 3")]
    assert found[0] == await records(shop, keyed(fuller=True)).get("basket", "B003")


async def test_statuses_that_say_nothing_is_there_go_with_the_read() -> None:
    shop = FakeShop(rows(1))
    value = document()
    value["kinds"]["basket"]["get"]["missing"] = [403]
    assert await records(shop, value).get("basket", "B999") is None
    assert shop.asked[0].missing == frozenset({403})


async def test_a_list_within_another_record_may_be_asked_for_in_the_query() -> None:
    value = document(query={"yard": "{yard}"}, pagination={"type": "none"})
    basket = value["kinds"]["basket"]
    value["kinds"]["yard"] = {**basket, "title": "Yard", "nouns": ["yard"], "list": {**basket["list"], "query": {}}}
    fields = {**basket["fields"], "yard": {"at": "$yard", "type": "id"}}
    value["kinds"]["basket"] = {**basket, "scope": {"yard": "yard"}, "fields": fields}
    shop = FakeShop(rows(1))
    found = await records(shop, value).search(Query("basket", where={"yard": ("Y7",)}))
    assert [(each.id, each.values["yard"]) for each in found] == [("Y7/B000", "Y7")]
    assert [dict(each.query) for each in shop.asked] == [{"yard": "Y7"}]


async def test_the_half_of_an_id_is_none() -> None:
    value = document()
    value["kinds"]["basket"]["fields"]["keeper"] = {"join": ["$tenant", "/keeper"], "with": "/", "type": "id"}
    shop = FakeShop([{**rows(1)[0], "keeper": 7}, rows(2)[1]])
    found = await records(shop, value).search(Query("basket", order="made_at", descending=False))
    assert sorted(str(each.values["keeper"]) for each in found) == ["None", "acme/7"]


async def test_a_list_is_kept_as_it_is_or_not_at_all() -> None:
    value = document()
    value["kinds"]["basket"]["fields"]["items"] = {"at": "/lines", "type": "json"}
    found = await records(FakeShop([{**rows(2)[1], "lines": [{"b": 1, "a": [2]}]}]), value).get("basket", "B001")
    assert found is not None
    assert found.values["items"] == '[{"a":[2],"b":1}]'
    long = FakeShop([{**rows(2)[1], "lines": ["x" * 1000] * 1000}])
    with pytest.raises(PlatformUnavailable):
        await records(long, value).get("basket", "B001")
