"""Reports: one for each thing that is reported, however many do; what moderators decided about it, and who.

Access patterns, all in the Community table:
    a report                              REPORTS / <id>
    the queue: pending, newest first      lsi1 = <rank of the state>#<last reported>#<id>
    … of one state                        the same, by its prefix
    who reported                          REPORT#<id> / <account>
    what an account reported              gsi1: ACCOUNT#<id> / report#<time>   (erasure, export)
A report's id is made of what it is about (RFC 9562 §5.5), so that the same thing never has two.
"""

import uuid
from contextlib import suppress
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shared import clock
from shared.errors import NotFound
from shared.table import ABSENT, ConditionFailed, Item, Key, Page, Put, Update, retry_contended, seal_cursor
from shared.tables import COMMUNITY, LSI1

PK = "REPORTS"
NAMESPACE = uuid.UUID("0a2f5a4e-7d5b-4f0e-8f43-4f1c2f7a9d02")
Kind = Literal["content", "tag"]
Reason = Literal["inappropriate", "spam", "copyright", "other"]
Status = Literal["pending", "reviewed", "resolved", "dismissed"]
Action = Literal["none", "delete", "ban"]
RANKS: dict[Status, int] = {"pending": 3, "reviewed": 2, "resolved": 1, "dismissed": 0}  # the queue is read backwards
MOST_KEPT = 100  # decisions of one report


class Decision(Struct, frozen=True, kw_only=True, rename={"was": "from", "now": "to"}):
    """`by` is an account's id, "" for what a new report did."""

    at: str
    by: str
    was: Status
    now: Status
    note: str = ""
    action: Action = "none"


class Report(Struct, frozen=True, kw_only=True):
    """`reason`, `description` and `reporter` are of the first who reported it; `reasons` count all."""

    id: str
    kind: Kind
    target: str
    reporter: str
    reason: Reason
    description: str
    status: Status
    reasons: dict[str, int]
    created_at: str
    updated_at: str
    reported_at: str  # last
    decisions: list[Decision] = []
    version: int = 1

    @property
    def count(self) -> int:
        return sum(self.reasons.values())

    def to_item(self) -> Item:
        order = f"{RANKS[self.status]}#{self.reported_at}#{self.id}"
        return {"pk": PK, "sk": self.id, "lsi1": order, **msgspec.to_builtins(self)}


def of_item(row: Item) -> Report:
    return msgspec.convert(row, Report)


def id_of(kind: Kind, target: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind}#{target}"))


def key(report_id: str) -> Key:
    return PK, report_id


def reporter_key(report_id: str, account_id: str) -> Key:
    return f"REPORT#{report_id}", account_id


def find(report_id: str) -> Report | None:
    row = COMMUNITY.get(*key(report_id))
    return of_item(row) if row else None


def page_of(status: Status | None, limit: int, cursor: str | None) -> Page:
    prefix = f"{RANKS[status]}#" if status else ""
    return COMMUNITY.query(PK, prefix, index=LSI1, limit=limit, newest_first=True, cursor=cursor)


def cursor_of(row: Item) -> str:
    return seal_cursor(row, LSI1)


def add(kind: Kind, target: str, account_id: str, reason: Reason, description: str) -> tuple[Report, Status | None]:
    """Report something; the report, and the status it had before (None: it is new). By the same person twice is once.

    Somebody else's report of what was decided about brings it before the moderators again.
    """
    report_id = id_of(kind, target)
    pk, sk = reporter_key(report_id, account_id)
    now = clock.iso()
    first = Report(
        id=report_id,
        kind=kind,
        target=target,
        reporter=account_id,
        reason=reason,
        description=description,
        status="pending",
        reasons={reason: 1},
        created_at=now,
        updated_at=now,
        reported_at=now,
    )
    own: dict[str, Any] = {"pk": pk, "sk": sk, "reason": reason, "description": description, "created_at": now}
    own |= {"gsi1pk": f"ACCOUNT#{account_id}", "gsi1sk": f"report#{now}"}

    def attempt() -> tuple[Report, Status | None]:
        before = find(report_id)
        if before and COMMUNITY.get(pk, sk):
            return before, before.status
        after = _again(before, reason, now) if before else first
        COMMUNITY.transact(Put(own, ABSENT), _changed(before, after))
        return after, before.status if before else None

    return retry_contended(attempt)


def _again(before: Report, reason: Reason, now: str) -> Report:
    reasons = {**before.reasons, reason: before.reasons.get(reason, 0) + 1}
    after = replace(before, reasons=reasons, reported_at=now, updated_at=now, version=before.version + 1)
    if before.status in ("pending", "reviewed"):
        return after
    reopened = Decision(at=now, by="", was=before.status, now="pending", note="reported again")
    return replace(after, status="pending", decisions=[*before.decisions, reopened][-MOST_KEPT:])


def decide(report_id: str, account_id: str, status: Status, note: str, action: Action) -> tuple[Report, Status]:
    """Put down what somebody decided; the report, and the status it had before. Raises NotFound."""

    def attempt() -> tuple[Report, Status]:
        before = find(report_id)
        if before is None:
            raise NotFound("Report not found")
        now = clock.iso()
        decision = Decision(at=now, by=account_id, was=before.status, now=status, note=note, action=action)
        after = replace(
            before,
            status=status,
            updated_at=now,
            decisions=[*before.decisions, decision][-MOST_KEPT:],
            version=before.version + 1,
        )
        COMMUNITY.write(_changed(before, after))
        return after, before.status

    return retry_contended(attempt, causes=(ConditionFailed,))


def forget_reporter(report_id: str, account_id: str) -> None:
    """Its first reporter has left: what is reported stays so, by nobody."""
    blank = {"reporter": "", "description": ""}
    mine = Update(key(report_id), set=blank, condition="#reporter = :account", values={"account": account_id})
    with suppress(ConditionFailed):
        COMMUNITY.write(mine)


def _changed(before: Report | None, after: Report) -> Put:
    same: tuple[str, dict[str, int]] = ("#version = :seen", {"seen": before.version}) if before else (ABSENT, {})
    return Put(after.to_item(), *same)
