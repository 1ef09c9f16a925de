"""Ratings: one per account and file; averages and rankings are maintained, never scanned."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, convert

from shared.entry.http import http
from shared.library import files, library, ratings, top
from shared.library.caching import RATINGS, TOP10
from shared.library.categories import Category
from shared.web import REQUIRED, Call, api, dialects, get, post

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


CARD = {"average_rating": "averageRating", "rating_count": "ratingCount", "episode_count": "episodeCount"}


class Best(Struct, kw_only=True, rename=CARD):
    """A file has `file_id`; a series `source_id` and `episodeCount`. The rest is what a card shows."""

    file_id: str | UnsetType = UNSET
    source_id: str | UnsetType = UNSET
    average_rating: float
    rating_count: int
    episode_count: int | UnsetType = UNSET
    title: str
    thumbnail_url: str
    category: Category
    year: int | None = None


class Top10(Struct):
    top10: list[Best]


def rate(call: Call[NewRating, None, FilePath]) -> Rated:
    """Rate a file from 1 to 5, or change one's rating."""
    account_id = call.acting_as(call.body.user_id)
    whole = library.rate(account_id, files.get(call.path.file_id), call.body.rating)
    return Rated(True, call.body.rating, whole.average)


def my_rating(call: Call[None, UserQuery, FilePath]) -> Rating:
    """The caller's rating of a file, and everybody's average; null where there is none."""
    own, whole = ratings.read(call.path.file_id, call.acting_as(call.query.user_id))
    return Rating(own, whole.average if whole.count else None)


def top_ten(call: Call[None, TopQuery, None]) -> Top10:
    """The ten best rated files of the platform, or series, by average, then by count.

    Episodes (a season or episode number, or `source_api` `tmdb_tv`) count for their series, by `source_id`; without
    `groupBySeries` the films are ranked.
    """
    best = top.best_series if call.query.group_by_series else top.best_files
    return Top10([convert(entry.card, Best) for entry in best(call.query.category)])


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
    dialect=dialects.library,
)
handler = http(app)
