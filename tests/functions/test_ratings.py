"""Ratings and rankings (videomi: Ratings)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from functions.rank import app as rank
from functions.sweep import app as sweep
from scripts.measure.offline import ROWS, count_calls
from shared import aws
from shared.library import files, library, ratings, top
from shared.ranked import Place, Ranked
from shared.table import Contended
from tests import cloud, films
from tests.conftest import Person


def rate(person: Person, file_id: str, rating: Any, **more: Any) -> httpx.Response:
    return person.http.post(f"/api/ratings/{file_id}", json={"rating": rating, "user_id": person.id, **more})


def ranking(person: Person, **query: str) -> list[dict[str, Any]]:
    answer = person.http.get("/api/ratings/top10", params=query)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["top10"]
    return found


def facts(row: dict[str, Any]) -> dict[str, Any]:
    """A row's documented fields."""
    documented = ("file_id", "source_id", "averageRating", "ratingCount", "episodeCount")
    return {name: row[name] for name in documented if name in row}


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


def test_the_top_ten_is_of_the_whole_platform_by_average_then_by_count(
    ada: Person, bob: Person, person: Callable[[str], Person]
) -> None:
    for index, (mine, theirs) in enumerate([(3, None), (5, None), (5, 5), (1, 5)] + [(2, None)] * 8):
        films.upload(ada, file_id=f"film-{index}")
        rate(ada, f"film-{index}", mine)
        if theirs:
            rate(bob, f"film-{index}", theirs)
    best = ranking(ada)
    assert best == ranking(bob) == ranking(person("carol"))
    assert len(best) == 10
    assert facts(best[0]) == {"file_id": "film-2", "averageRating": 5.0, "ratingCount": 2}
    assert [one["file_id"] for one in best[1:4]] == ["film-1", "film-3", "film-0"]
    assert cloud.messages("rank") == []  # each was seen to at once


def test_a_row_has_what_a_card_shows(ada: Person) -> None:
    films.upload(ada, filename="film one.mp4")
    rate(ada, "film-1", 5)
    (row,) = ranking(ada)
    assert (row["title"], row["category"]) == ("film one.mp4", "videos")
    assert ada.http.get(row["thumbnail_url"]).headers["content-type"] == "image/jpeg"
    said = {"title": "Le film", "thumbnail_url": "https://img.test/a.jpg", "year": 1999}
    ada.http.post("/api/files/film-1/metadata", json=said)
    assert said.items() <= ranking(ada)[0].items()


def test_others_ratings_that_come_between_are_left_to_the_worker_and_counted(
    ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    films.upload(ada)
    film, busy = top._film, [True]

    def overtaken(file_id: str) -> Place | None:
        """Bob's rating is published between what Ada's request has seen and what it writes."""
        place = film(file_id)
        if busy and busy.pop():
            library.rate(bob.id, files.get(file_id), 3)
        return place

    monkeypatch.setattr(top, "_film", overtaken)
    assert rate(ada, "film-1", 5).status_code == 200
    rate(ada, "film-1", 4)
    (waiting,) = cloud.messages("rank")
    assert waiting == {"publish": "publish", "member": "film-1", "category": "videos"}
    for _ in range(2):  # delivered twice
        assert rank.handler(cloud.sqs_event(waiting), None) == {"batchItemFailures": []}
        assert facts(ranking(ada)[0]) == {"file_id": "film-1", "averageRating": 3.5, "ratingCount": 2}


def test_a_series_and_files_of_one_name_do_not_take_each_others_turn(
    aws_cloud: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise Contended

    monkeypatch.setattr(Ranked, "place", busy)
    for category in ("videos", "musics"):
        top.publish_now("1399", category)
        top._now_or_soon(top.publish_series, "1399", category, 1)
    waiting = [(one["publish"], one["category"]) for one in cloud.messages("rank")]
    assert sorted(waiting) == [(p, c) for p in ("publish", "publish_series") for c in ("musics", "videos")]


EPISODES: list[dict[str, Any]] = [{"season": 1, "episode": 2}, {"season": 0}, {"episode": 1}, {"source_api": "tmdb_tv"}]


def test_series_add_up_their_episodes(ada: Person, bob: Person) -> None:
    for index, series in enumerate(["tmdb_1", "tmdb_1", "tmdb_2", None]):
        said = EPISODES[index] | {"title": f"Episode {index}"}
        films.upload(ada, file_id=f"film-{index}", basicMetadata=said | ({"source_id": series} if series else {}))
    rate(ada, "film-0", 5)
    rate(ada, "film-1", 4)
    rate(bob, "film-1", 4)
    rate(ada, "film-2", 3)
    rate(ada, "film-3", 5)
    first, second = ranking(ada, groupBySeries="true")
    assert first["title"] == "Episode 1"  # of season 0, and so its first
    assert facts(first) == {"source_id": "tmdb_1", "averageRating": 4.3, "ratingCount": 3, "episodeCount": 2}
    assert facts(second) == {"source_id": "tmdb_2", "averageRating": 3.0, "ratingCount": 1, "episodeCount": 1}
    assert ada.http.get(first["thumbnail_url"]).status_code == 200
    assert ranking(ada) == []  # none of them is a film


@pytest.mark.parametrize("said", EPISODES)
def test_only_episodes_are_grouped_and_among_videos_only_films_stand_alone(ada: Person, said: dict[str, Any]) -> None:
    films.upload(ada, file_id="episode", basicMetadata={**said, "source_id": "tmdb_1"})
    films.upload(ada, file_id="film", basicMetadata={"source_id": "tmdb_2", "source_api": "tmdb"})
    films.upload(ada, file_id="song", category="musics", basicMetadata={**said, "source_id": "album_1"})
    for file_id in ("episode", "film", "song"):
        rate(ada, file_id, 4)
    assert [one["file_id"] for one in ranking(ada)] == ["film"]
    assert [one["source_id"] for one in ranking(ada, groupBySeries="true")] == ["tmdb_1"]
    assert [one["file_id"] for one in ranking(ada, category="musics")] == ["song"]


def test_a_file_that_changes_its_series_moves(ada: Person) -> None:
    films.upload(ada, basicMetadata={"source_id": "tmdb_1", "season": 1})
    rate(ada, "film-1", 5)
    ada.http.post("/api/files/film-1/metadata", json={"source_id": "tmdb_2"})
    assert [facts(one) for one in ranking(ada, groupBySeries="1")] == [
        {"source_id": "tmdb_2", "averageRating": 5.0, "ratingCount": 1, "episodeCount": 1}
    ]
    ada.http.post("/api/files/film-1/metadata", json={"season": None})
    assert ranking(ada, groupBySeries="1") == []
    assert [one["file_id"] for one in ranking(ada)] == ["film-1"]


def test_a_file_that_nobody_has_any_more_leaves_the_lists_and_its_series(ada: Person, bob: Person) -> None:
    for file_id in ("film-1", "film-2"):
        films.upload(ada, file_id=file_id, basicMetadata={"source_id": "tmdb_1", "season": 1})
        rate(ada, file_id, 4)
    films.upload(ada, file_id="film-3")
    rate(ada, "film-3", 4)
    bob.http.post("/api/upload/link", json={"fileId": "film-3", "userId": bob.id})
    for file_id in ("film-1", "film-3"):
        ada.http.delete(f"/api/files/videos/{file_id}", params={"userId": ada.id})
    assert [one["file_id"] for one in ranking(ada)] == ["film-3"]  # Bob has it
    (series,) = ranking(ada, groupBySeries="true")
    assert series["episodeCount"] == 1
    assert ada.http.get(series["thumbnail_url"]).status_code == 200  # the face of an episode that is still there
    bob.http.delete("/api/files/videos/film-3", params={"userId": bob.id})
    assert ranking(ada) == []
    sweep.handler(cloud.sqs_event(*cloud.messages("sweep")), None)
    assert rate(ada, "film-3", 4).status_code == 404


def test_a_top_list_is_one_read(ada: Person) -> None:
    films.upload(ada)
    rate(ada, "film-1", 5)
    counter: Counter[str] = Counter()
    count_calls(aws.client("dynamodb"), counter)
    assert top.best_files("videos")
    assert counter == {"GetItem": 1, ROWS: 1}


@pytest.mark.parametrize("query", [{"category": "films"}, {"groupBySeries": "perhaps"}])
def test_a_wrong_parameter_is_named(ada: Person, query: dict[str, str]) -> None:
    answer = ada.http.get("/api/ratings/top10", params=query)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, next(iter(query)))


def test_publishing_twice_changes_nothing(ada: Person) -> None:
    films.upload(ada, basicMetadata={"source_id": "tmdb_1", "season": 1})
    rate(ada, "film-1", 4)
    before = ranking(ada, groupBySeries="1")
    for _ in range(2):
        top.publish("film-1", "videos")
        top.publish("nothing", "videos")
        top.publish_series("tmdb_1", "videos")
    assert ranking(ada, groupBySeries="1") == before
    assert before[0]["ratingCount"] == 1
