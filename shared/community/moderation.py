"""What moderators do: hear reports, decide, and have done what they decided."""

from shared.community import contents, leaving, reports, tags, texts, totals
from shared.community.reports import Action, Kind, Reason, Report, Status
from shared.errors import Invalid, NotFound


def target_of(content_id: str | None, tag_id: str | None) -> tuple[Kind, str]:
    """What is reported, if it is there: a content's id or a tag's name. Raises NotFound."""
    if content_id is not None:
        return "content", contents.get(content_id).id
    tag = tags.find(tag_id or "")
    if tag is None:
        raise NotFound("Tag not found")
    return "tag", tag.name


def report(kind: Kind, target: str, account_id: str, reason: Reason, description: str) -> Report:
    """Report something; the same person again changes nothing."""
    made, before = reports.add(kind, target, account_id, reason, texts.lines(description))
    _count(before, made.status)
    return made


def decide(report_id: str, account_id: str, status: Status, note: str, action: Action) -> Report:
    """Decide about a report, and do what was decided. Raises NotFound, and Invalid for what cannot be done."""
    found = reports.find(report_id)
    if found is None:
        raise NotFound("Report not found")
    if action != "none":
        _act(found, status, action)
    made, before = reports.decide(report_id, account_id, status, texts.lines(note, "note"), action)
    _count(before, status)
    return made


def _act(report: Report, status: Status, action: Action) -> None:
    if status != "resolved" or report.kind != "content":
        raise Invalid("Invalid action", field="action", constraint="with status resolved, and of a content")
    if contents.find(report.target):  # else it is gone already
        (leaving.ban if action == "ban" else leaving.delete)(report.target)


def _count(before: Status | None, after: Status) -> None:
    if before != after:
        totals.reports(**({before: -1} if before else {}), **{after: 1})
