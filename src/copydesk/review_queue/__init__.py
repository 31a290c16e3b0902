"""Human review: what waits, who may decide, and the record of what was decided."""

from copydesk.review_queue.inbox import Client, Cut, Preview, Shown, cuts, previews
from copydesk.review_queue.inbox import remarks as inbox_remarks
from copydesk.review_queue.items import Decision, ReviewItem, State
from copydesk.review_queue.marking import Segment, mark, segments
from copydesk.review_queue.policy import Case, Conditions, Policy, Route, Routing, Rule
from copydesk.review_queue.ports import (
    AuditChain,
    AuditEntry,
    AuditEvent,
    AuditQuery,
    AuditRecord,
    Noted,
    ReviewItems,
    ReviewQuery,
)
from copydesk.review_queue.states import (
    MOVES,
    OPEN,
    Act,
    Deed,
    Move,
    Reason,
    Reviewer,
    allow,
    move,
    open_acts,
    with_facts,
)

__all__ = [
    "MOVES",
    "OPEN",
    "Act",
    "AuditChain",
    "AuditEntry",
    "AuditEvent",
    "AuditQuery",
    "AuditRecord",
    "Case",
    "Client",
    "Conditions",
    "Cut",
    "Decision",
    "Deed",
    "Move",
    "Noted",
    "Policy",
    "Preview",
    "Reason",
    "ReviewItem",
    "ReviewItems",
    "ReviewQuery",
    "Reviewer",
    "Route",
    "Routing",
    "Rule",
    "Segment",
    "Shown",
    "State",
    "allow",
    "cuts",
    "inbox_remarks",
    "mark",
    "move",
    "open_acts",
    "previews",
    "segments",
    "with_facts",
]
