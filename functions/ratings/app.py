"""Ratings: one per account and file; averages and rankings are maintained, never scanned."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from shared import edge
from shared.cache import RATINGS, TOP10
from shared.entry.http import http
from shared.library import files, ratings, top
from shared.library.categories import Category
from shared.library.ratings import Aggregate
from shared.table import Item
from shared.web import REQUIRED, Call, api, get, post
from shared.web.dialects import library

UserId = Annotated[str, Meta(min_length=1, max_length=256)]


class FilePath(Struct):
    file_id: str


class NewRating(Struct):
    rating: Annotated[int, Meta(ge=1, le=5)]
    user_id: UserId


class UserQuery(Struct):
    user_id: UserId


class TopQuery(Struct, rename="camel"):
    category: Category = "videos"
    group_by_series: bool = False


class Rated(Struct, rename="camel"):
    success: bool
    user_rating: int
    average_rating: float


class Rating(Struct, rename="camel"):
    user_rating: int | None
    average_rating: float | None


class Top10(Struct):
    """Of files `{file_id, averageRating, ratingCount}`; of series `{source_id, …, episodeCount}`."""

    top10: list[dict[str, Any]]


def rate(call: Call[NewRating, None, FilePath]) -> Rated:
    """Rate a file from 1 to 5, or change one's rating."""
    account_id, file_id = call.acting_as(call.body.user_id), call.path.file_id
    files.get(file_id)
    whole = ratings.rate(file_id, account_id, call.body.rating)
    top.publish(account_id, file_id)
    top.publish_to_others(file_id)
    edge.invalidate(*edge.of_ratings(file_id))
    return Rated(True, call.body.rating, whole.average)


def my_rating(call: Call[None, UserQuery, FilePath]) -> Rating:
    """The caller's rating of a file, and everybody's average; null where there is none."""
    own, whole = ratings.read(call.path.file_id, call.acting_as(call.query.user_id))
    return Rating(own, whole.average if whole.count else None)


def top_ten(call: Call[None, TopQuery, None]) -> Top10:
    """The ten best rated files (or series) the caller has or has rated: by average, then by count."""
    if call.query.group_by_series:
        return Top10([series(row) for row in top.best_series(call.account, call.query.category)])
    return Top10(
        [{"file_id": row["file_id"], **averages(row)} for row in top.best_files(call.account, call.query.category)]
    )


def series(row: Item) -> dict[str, Any]:
    return {"source_id": row["source_id"], **averages(row), "episodeCount": row["episodes"]}


def averages(row: Item) -> dict[str, Any]:
    return {"averageRating": Aggregate(row["n"], row["total"]).average, "ratingCount": row["n"]}


RANGE = {"rating": "Rating doit être entre 1 et 5"}

app = api(
    get("/api/ratings/top10", top_ten, query=TopQuery, returns=Top10, caller=REQUIRED, cache=TOP10),
    get(
        "/api/ratings/{file_id}",
        my_rating,
        path=FilePath,
        query=UserQuery,
        returns=Rating,
        caller=REQUIRED,
        cache=RATINGS,
    ),
    post(
        "/api/ratings/{file_id}",
        rate,
        path=FilePath,
        body=NewRating,
        returns=Rated,
        caller=REQUIRED,
        messages=RANGE,
    ),
    dialect=library,
)
handler = http(app)
