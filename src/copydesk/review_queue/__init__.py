"""Human review: what waits, who may decide, and the record of what was decided."""

from copydesk.review_queue.items import Decision, ReviewItem, State
from copydesk.review_queue.policy import Case, Route, Routing
from copydesk.review_queue.ports import (
    AuditChain,
    AuditEvent,
    AuditRecord,
    ReviewItems,
    ReviewQuery,
)

__all__ = [
    "AuditChain",
    "AuditEvent",
    "AuditRecord",
    "Case",
    "Decision",
    "ReviewItem",
    "ReviewItems",
    "ReviewQuery",
    "Route",
    "Routing",
    "State",
]
