"""Ratings and rankings (videomi: Ratings)."""

from typing import Any

import httpx
import pytest

from functions.rank import app as rank
from shared.library import files, ratings, top
from tests import cloud, films
from tests.conftest import Person


def rate(person: Person, file_id: str, rating: Any, **more: Any) -> httpx.Response:
    return person.http.post(f"/api/ratings/{file_id}", json={"rating": rating, "user_id": person.id, **more})


def ranking(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.http.get("/api/ratings/top10", params=query)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["top10"]
    return found


def work() -> None:
    """Run the rank worker on what is waiting."""
    rank.handler(cloud.sqs_event(*cloud.messages("rank")), None)


def test_a_rating_is_counted_once_and_can_change(ada: Person, bob: Person) -> None:
    films.upload(ada)
    assert rate(ada, "film-1", 4).json() == {"success": True, "userRating": 4, "averageRating": 4.0}
    assert rate(bob, "film-1", 5).json() == {"success": True, "userRating": 5, "averageRating": 4.5}
    assert rate(ada, "film-1", 2).json() == {"success": True, "userRating": 2, "averageRating": 3.5}
    assert ratings.read("film-1", ada.id)[1] == ratings.Aggregate(2, 7)


def test_the_average_has_one_decimal(ada: Person) -> None:
    films.upload(ada)
    for index, rating in enumerate((5, 5, 4, 3, 4, 4)):
        ratings.rate("film-1", f"person-{index}", rating)
    answer = ada.http.get("/api/ratings/film-1", params={"user_id": ada.id})
    assert answer.json() == {"userRating": None, "averageRating": 4.2}


def test_reading_ratings_has_the_documented_shape_and_depends_on_the_caller(ada: Person, http: httpx.Client) -> None:
    films.upload(ada)
    empty = ada.http.get("/api/ratings/film-1", params={"user_id": ada.id})
    assert empty.json() == {"userRating": None, "averageRating": None}
    rate(ada, "film-1", 4)
    answer = ada.http.get("/api/ratings/film-1", params={"user_id": ada.id})
    assert answer.json() == {"userRating": 4, "averageRating": 4.0}
    assert answer.headers["cache-control"] == "max-age=0, s-maxage=600, must-revalidate"
    assert "authorization" in answer.headers["vary"].lower()
    assert ada.http.get("/api/ratings/film-1").json()["error"] == "Missing user_id"
    assert ada.http.get("/api/ratings/film-1", params={"user_id": "somebody"}).status_code == 403
    assert http.get("/api/ratings/film-1", params={"user_id": ada.id}).status_code == 401


@pytest.mark.parametrize("rating", [0, 6, -1, 4.5, "4", None, 10**30, True])
def test_a_rating_outside_one_to_five_gets_the_documented_message(ada: Person, rating: Any) -> None:
    films.upload(ada)
    answer = rate(ada, "film-1", rating)
    assert (answer.status_code, answer.json()["error"]) == (400, "Rating doit être entre 1 et 5")


def test_rating_what_is_not_there_or_for_somebody_else_is_refused(ada: Person, bob: Person, http: httpx.Client) -> None:
    films.upload(ada)
    assert rate(ada, "nothing", 4).status_code == 404
    assert rate(ada, "film-1", 4, user_id=bob.id).status_code == 403
    assert http.post("/api/ratings/film-1", json={"rating": 4, "user_id": ada.id}).status_code == 401


def test_the_top_ten_is_by_average_then_by_count(ada: Person, bob: Person) -> None:
    for index, (mine, theirs) in enumerate([(3, None), (5, None), (5, 5), (1, 5)] + [(2, None)] * 8):
        films.upload(ada, file_id=f"film-{index}")
        rate(ada, f"film-{index}", mine)
        if theirs:
            rate(bob, f"film-{index}", theirs)
    work()
    best = ranking(ada)
    assert len(best) == 10
    assert best[0] == {"file_id": "film-2", "averageRating": 5.0, "ratingCount": 2}
    assert [one["file_id"] for one in best[1:4]] == ["film-1", "film-3", "film-0"]


def test_a_ranking_shows_what_the_caller_has_or_has_rated_and_no_more(ada: Person, bob: Person) -> None:
    films.upload(ada, file_id="private")
    films.upload(ada, file_id="shared-by-link")
    rate(ada, "private", 5)
    rate(bob, "shared-by-link", 4)
    assert [one["file_id"] for one in ranking(bob)] == ["shared-by-link"]
    work()
    assert {one["file_id"] for one in ranking(ada)} == {"private", "shared-by-link"}


def test_others_ratings_reach_an_owners_list_through_one_message(ada: Person, bob: Person) -> None:
    films.upload(ada)
    rate(ada, "film-1", 5)
    rate(bob, "film-1", 3)
    rate(bob, "film-1", 1)
    waiting = cloud.messages("rank")
    assert waiting == [{"file_id": "film-1"}]  # gathered
    event = cloud.sqs_event(*waiting)
    for _ in range(2):  # delivered twice
        assert rank.handler(event, None) == {"batchItemFailures": []}
        assert ranking(ada) == [{"file_id": "film-1", "averageRating": 3.0, "ratingCount": 2}]


def test_series_add_up_their_episodes(ada: Person, bob: Person) -> None:
    for index, series in enumerate(["tmdb_1", "tmdb_1", "tmdb_2", None]):
        films.upload(ada, file_id=f"film-{index}", basicMetadata={"source_id": series} if series else {})
    rate(ada, "film-0", 5)
    rate(ada, "film-1", 4)
    rate(bob, "film-1", 4)
    rate(ada, "film-2", 3)
    rate(ada, "film-3", 5)
    work()
    assert ranking(ada, groupBySeries="true") == [
        {"source_id": "tmdb_1", "averageRating": 4.3, "ratingCount": 3, "episodeCount": 2},
        {"source_id": "tmdb_2", "averageRating": 3.0, "ratingCount": 1, "episodeCount": 1},
    ]


def test_a_file_that_changes_its_series_moves(ada: Person) -> None:
    films.upload(ada, basicMetadata={"source_id": "tmdb_1"})
    rate(ada, "film-1", 5)
    ada.http.post("/api/files/film-1/metadata", json={"source_id": "tmdb_2"})
    work()
    assert [one["source_id"] for one in ranking(ada, groupBySeries="1")] == ["tmdb_2"]


def test_a_file_that_leaves_a_library_leaves_its_ranking(ada: Person) -> None:
    films.upload(ada, basicMetadata={"source_id": "tmdb_1"})
    ada.http.delete("/api/files/videos/film-1", params={"userId": ada.id})
    films.upload(ada, file_id="film-2", basicMetadata={"source_id": "tmdb_1"})
    rate(ada, "film-2", 4)
    assert [one["file_id"] for one in ranking(ada)] == ["film-2"]
    assert ranking(ada, category="musics") == []


def test_a_linked_file_with_ratings_is_ranked_for_its_new_owner(ada: Person, bob: Person) -> None:
    films.upload(ada)
    rate(ada, "film-1", 5)
    bob.http.post("/api/upload/link", json={"fileId": "film-1", "userId": bob.id})
    assert [one["file_id"] for one in ranking(bob)] == ["film-1"]


@pytest.mark.parametrize("query", [{"category": "films"}, {"groupBySeries": "perhaps"}])
def test_a_wrong_parameter_is_named(ada: Person, query: dict[str, str]) -> None:
    answer = ada.http.get("/api/ratings/top10", params=query)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, next(iter(query)))


def test_publishing_twice_changes_nothing(ada: Person) -> None:
    films.upload(ada)
    rate(ada, "film-1", 4)
    before = ranking(ada)
    top.publish(ada.id, "film-1")
    top.publish("stranger", "film-1")
    assert ranking(ada) == before
    assert files.usage(ada.id) == (1, 100)
