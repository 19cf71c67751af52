"""Campaigns of their own: titles, duplicates, and how they are found."""

import pytest

from tests.functional.refusals import INVALID, assert_refused
from tests.functional.showreel import Json, Showreel

TITLE = "Winter Roast 2026!"


def found(service: Showreel, query: str = "") -> list[str]:
    """Follow the cursor to the end, with pages of one."""
    ids: list[str] = []
    after = ""
    while True:
        page = service.get(f"/v1/campaigns?order=updated&limit=1{query}{after}").json
        ids += [campaign["id"] for campaign in page["data"]]
        if not page["has_more"]:
            return ids
        after = f"&after={page['last_id']}"


def test_a_campaign_gets_an_id_from_its_title_and_never_that_of_another(
    showreel: Showreel,
) -> None:
    first, second = (showreel.post("/v1/campaigns", {"title": TITLE}) for _ in range(2))

    assert [first.status_code, second.status_code] == [201, 201]
    assert [first.json["id"], second.json["id"]] == ["winter-roast-2026", "winter-roast-2026-2"]
    assert first.headers["Location"].endswith("/v1/campaigns/winter-roast-2026")
    assert showreel.campaign("winter-roast-2026") == first.json
    assert tuple(first.json[key] for key in ("title", "slots", "archived")) == (TITLE, [], False)
    showreel.create("winter-roast-2026", "A cup")
    assert showreel.campaign("winter-roast-2026")["title"] == TITLE


def test_campaigns_are_found_by_change_words_status_and_archive(endless: Showreel) -> None:
    endless.create("zzz-newest", "A cup")
    endless.post("/v1/campaigns", {"title": "Grüße aus Köln"})
    endless.post("/v1/campaigns", {"title": TITLE})
    path = "/v1/campaigns/gruesse-aus-koeln"

    archived = endless.send("PATCH", path, json={"archived": True, "title": "Köln, adé"})

    assert (archived.json["archived"], archived.json["title"]) == (True, "Köln, adé")
    assert found(endless) == ["gruesse-aus-koeln", "winter-roast-2026", "zzz-newest"]
    assert found(endless, "&archived=false") == ["winter-roast-2026", "zzz-newest"]
    assert found(endless, "&archived=true") == ["gruesse-aus-koeln"]
    assert found(endless, "&q=koln ade".replace(" ", "%20")) == ["gruesse-aus-koeln"]
    assert found(endless, "&q=ROAST") == ["winter-roast-2026"]
    assert found(endless, "&status=pending") == ["zzz-newest"]
    assert found(endless, "&status=failed") == []
    ids = [campaign["id"] for campaign in endless.get("/v1/campaigns").json["data"]]
    assert sorted(ids) == ids == sorted(found(endless))


def test_a_duplicate_has_the_words_and_settings_and_costs_nothing(endless: Showreel) -> None:
    context = {"brand": "Ember & Oak"}
    endless.create("spring", "A cup", "A spoon", aspect_ratio="9:16", business_context=context)
    endless.send("PATCH", "/v1/campaigns/spring", json={"budget_usd": 20})

    answer = endless.post("/v1/campaigns/spring/duplicate")

    made: Json = answer.json
    assert (answer.status_code, made["id"], made["title"]) == (201, "spring-copy", "spring (copy)")
    assert (made["slots"], made["money"]["reserved"], made["counts"]["pending"]) == ([], 0, 0)
    assert made["budget"]["own_usd"] == 20
    draft = made["draft"]
    assert draft["prompts"] == ["A cup", "A spoon"]
    assert (context, "9:16", 4) == tuple(
        draft[key] for key in ("business_context", "aspect_ratio", "seconds")
    )
    again = endless.post("/v1/campaigns/spring-copy/duplicate", {"title": "Autumn"})
    assert ("autumn", draft) == (again.json["id"], again.json["draft"])
    answer = endless.post("/v1/campaigns/autumn/videos", draft)
    assert answer.status_code == 202, answer.text
    assert endless.campaign("autumn")["draft"] is None
    assert endless.campaign("spring")["counts"]["pending"] == 2


def test_a_campaign_that_does_not_exist_cannot_be_duplicated(refusing: Showreel) -> None:
    assert_refused(refusing.post("/v1/campaigns/nowhere/duplicate"), 404, "not_found")


def test_a_title_can_be_removed(showreel: Showreel) -> None:
    showreel.post("/v1/campaigns", {"title": TITLE})

    for nothing in (None, "  "):
        path = "/v1/campaigns/winter-roast-2026"
        assert showreel.send("PATCH", path, json={"title": TITLE}).json["title"] == TITLE
        assert showreel.send("PATCH", path, json={"title": nothing}).json["title"] is None


@pytest.mark.parametrize(
    ("method", "path", "title"),
    [
        ("POST", "/v1/campaigns", ""),
        ("POST", "/v1/campaigns", "tab\tbed"),
        ("POST", "/v1/campaigns/gallery/duplicate", "x" * 101),
        ("PATCH", "/v1/campaigns/gallery", "new\nline"),
        ("PATCH", "/v1/campaigns/gallery", 7),
    ],
)
def test_an_invalid_title_is_refused(
    refusing: Showreel, method: str, path: str, title: object
) -> None:
    answer = refusing.send(method, path, json={"title": title})

    assert_refused(answer, *INVALID)
    assert answer.json["error"]["param"] == "title"


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("q=roast", "q"),
        ("status=failed", "status"),
        ("archived=false", "archived"),
        ("order=newest", "order"),
        ("order=updated&status=done", "status"),
        ("order=updated&archived=maybe", "archived"),
        ("order=updated&after=gallery", "after"),
        ("order=updated&after=99999999999999999999.gallery", "after"),
    ],
)
def test_an_invalid_search_is_refused(refusing: Showreel, query: str, param: str) -> None:
    answer = refusing.get(f"/v1/campaigns?{query}")

    assert_refused(answer, *INVALID)
    assert param == answer.json["error"]["param"]
