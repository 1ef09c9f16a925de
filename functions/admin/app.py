"""How much of everything there is, for administrators."""

from msgspec import Struct

from shared import clock
from shared.cache import NO_STORE
from shared.community import totals
from shared.community.reports import RANKS
from shared.entry.http import http
from shared.web import ADMIN, Call, api, dialects, get


class ReportsByState(Struct):
    pending: int
    reviewed: int
    resolved: int
    dismissed: int
    total: int


class Stats(Struct, rename="camel"):
    """`…Today` since midnight, UTC."""

    users: int
    contents: int
    categories: int
    favorites: int
    views: int
    uses: int
    uploads_today: int
    reports: ReportsByState
    timestamp: str


def stats(call: Call[None, None, None]) -> Stats:
    """The platform in numbers, counted as things happen."""
    found = totals.read()
    all_, reports = found["totals"], found["reports"]
    states = {name: max(0, reports[name]) for name in RANKS}
    return Stats(
        users=found["users"]["n"],
        contents=all_["contents"],
        categories=all_["categories"],
        favorites=all_["favorites"],
        views=all_["views"],
        uses=all_["uses"],
        uploads_today=found["today"]["uploads"],
        reports=ReportsByState(**states, total=sum(states.values())),
        timestamp=clock.iso(),
    )


app = api(
    get("/admin/stats", stats, returns=Stats, caller=ADMIN, cache=NO_STORE),
    dialect=dialects.platform,
)
handler = http(app)
