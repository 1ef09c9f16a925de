"""Reports: anybody with an account reports, moderators and administrators decide."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shared import paging
from shared.accounts.people import Face, faces
from shared.cache import NO_STORE
from shared.community import contents, keys, moderation, reports, tags
from shared.community.content import Content
from shared.community.reports import Action, Decision, Reason, Report, Status
from shared.entry.http import http
from shared.errors import Invalid
from shared.paging import Paged, PageQuery
from shared.web import MODERATOR, REQUIRED, Call, api, dialects, get, patch, post

Id = Annotated[str, Meta(min_length=1, max_length=64)]


class NewReport(Struct, rename="camel"):
    """Exactly one of the ids."""

    reason: Reason
    content_id: Id | None = None
    tag_id: Id | None = None
    description: Annotated[str, Meta(max_length=1000)] | None = None


class QueueQuery(PageQuery):
    status: Status | None = None


class ReportPath(Struct):
    report_id: str


class ReportDecision(Struct):
    """`action` is about the content: `delete` takes it away, `ban` also refuses whatever looks like it from now on."""

    status: Status
    note: Annotated[str, Meta(max_length=1000)] = ""
    action: Action = "none"


class OwnReport(Struct, rename="camel"):
    """What somebody learns of a report of their own."""

    id: str
    content_id: str | None
    tag_id: str | None
    reason: Reason
    description: str | None
    status: Status
    created_at: str


class ShownDecision(Struct, rename={"was": "from", "now": "to"}):
    at: str
    by: Face | None
    was: Status
    now: Status
    note: str
    action: Action


class ReportTarget(Struct, rename="camel"):
    """What is reported, as far as it is still there."""

    title: str
    slug: str
    thumbnail_url: str | UnsetType | None = UNSET
    author: Face | UnsetType = UNSET


class ShownReport(Struct, rename="camel"):
    """`reason`, `description` and `reporter` are of the first report; `count` and `reasons` of all."""

    id: str
    content_id: str | None
    tag_id: str | None
    target: ReportTarget | None
    reason: Reason
    description: str | None
    status: Status
    reporter: Face
    count: int
    reasons: dict[str, int]
    history: list[ShownDecision]
    created_at: str
    updated_at: str


def report(call: Call[NewReport, None, None]) -> OwnReport:
    """Report a content or a tag. By the same person twice is one report."""
    body = call.body
    if (body.content_id is None) == (body.tag_id is None):
        raise Invalid("Invalid target", field="contentId", constraint="exactly one of contentId and tagId")
    kind, target = moderation.target_of(body.content_id, body.tag_id)
    made = moderation.report(kind, target, call.account, body.reason, body.description or "")
    content, tag = ids_of(made)
    return OwnReport(made.id, content, tag, body.reason, body.description, made.status, made.created_at)


def queue(call: Call[None, QueueQuery, None]) -> Paged[ShownReport]:
    """Reports, the pending ones first, the latest first among each."""
    status = call.query.status
    page = paging.page(call.query, partial(reports.page_of, status), reports.cursor_of, name=f"reports/{status}")
    return page.shown(shown([reports.of_item(row) for row in page.rows]))


def decide(call: Call[ReportDecision, None, ReportPath]) -> ShownReport:
    """Say what becomes of a report. Who said so, and when, stays with it."""
    body = call.body
    made = moderation.decide(call.path.report_id, call.account, body.status, body.note, body.action)
    return shown([made])[0]


def shown(found: Sequence[Report]) -> list[ShownReport]:
    """Reports with their targets and the people in them."""
    about = contents.many(one.target for one in found if one.kind == "content")
    named = {one.reporter for one in found} | {it.by for one in found for it in one.decisions if it.by}
    people = faces(named | {one.author for one in about.values()})
    return [
        ShownReport(
            one.id,
            *ids_of(one),
            target_of(one, about, people),
            one.reason,
            one.description or None,
            one.status,
            people[one.reporter],
            one.count,
            one.reasons,
            [decision(it, people) for it in one.decisions],
            one.created_at,
            one.updated_at,
        )
        for one in found
    ]


def ids_of(one: Report) -> tuple[str | None, str | None]:
    """The id of the content, and of the tag: one of them."""
    return (one.target, None) if one.kind == "content" else (None, tags.id_of(one.target))


def target_of(one: Report, about: dict[str, Content], people: dict[str, Face]) -> ReportTarget | None:
    if one.kind == "tag":
        return ReportTarget(one.target, tags.slug_of(one.target))
    content = about.get(one.target)
    if content is None:
        return None
    return ReportTarget(content.title, content.slug, keys.url(content.thumbnail_key), people[content.author])


def decision(one: Decision, people: dict[str, Face]) -> ShownDecision:
    return ShownDecision(one.at, people.get(one.by), one.was, one.now, one.note, one.action)


app = api(
    post("/reports", report, body=NewReport, returns=OwnReport, status=201, caller=REQUIRED, once=True, also=(404,)),
    get("/reports", queue, query=QueueQuery, returns=Paged[ShownReport], caller=MODERATOR, cache=NO_STORE),
    patch(
        "/reports/{report_id}/status",
        decide,
        path=ReportPath,
        missing="Report not found",
        body=ReportDecision,
        returns=ShownReport,
        caller=MODERATOR,
    ),
    dialect=dialects.platform,
)
handler = http(app)
