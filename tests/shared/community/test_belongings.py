"""What the community holds of an account."""

import httpx

from shared import storage
from shared.community import belongings
from tests import memes
from tests.conftest import Person
from tests.memes import upload


def test_an_export_has_contents_favourites_and_reports(ada: Person, bob: Person) -> None:
    made, other = upload(ada, 1, title="Mine", tags=["x"]), upload(bob, 2)
    gone = upload(ada, 3)
    ada.http.delete(f"/contents/{gone['id']}")
    ada.http.post(f"/favorites/{other['id']}")
    ada.http.post("/reports", json={"contentId": other["id"], "reason": "spam", "description": "Not nice"})
    found = belongings.export(ada.id)
    assert [(one["id"], one["title"], one["tags"]) for one in found["contents"]] == [(made["id"], "Mine", ["x"])]
    assert found["favorites"] == [other["id"]]
    assert [(one["reason"], one["description"]) for one in found["reports"]] == [("spam", "Not nice")]


def test_an_erasure_leaves_nothing_and_counts_right(ada: Person, bob: Person, http: httpx.Client) -> None:
    upload(ada, 1, tags=["x"])
    other = upload(bob, 2)
    ada.http.post(f"/favorites/{other['id']}")
    ada.http.post("/reports", json={"contentId": other["id"], "reason": "spam"})
    assert belongings.erase(ada.id)
    assert belongings.export(ada.id) == {"contents": [], "favorites": [], "reports": []}
    assert not belongings.erase(ada.id)
    assert memes.listed(http.get("/contents/explore")) == ["A meme"]
    assert http.get(f"/contents/{other['id']}").json()["favoritesCount"] == 0
    assert http.get("/tags").json()["total"] == 0
    assert {name.split("/")[0] for name in storage.names("media/")} == {other["id"]}
    (report,) = memes.promoted(bob, "moderator").http.get("/reports").json()["data"]
    assert (report["contentId"], report["reporter"]["id"], report["description"]) == (other["id"], "", None)
    numbers = memes.promoted(bob, "admin").http.get("/admin/stats").json()
    assert (numbers["contents"], numbers["favorites"]) == (1, 0)
