"""Approved copy, and how campaign tools get at it."""

from copydesk.publishing.approval import approval_hash
from copydesk.publishing.campaigns import ApprovedCopy, Campaign
from copydesk.publishing.dialects import (
    DIALECTS,
    Dialect,
    DialectName,
    Reading,
    dialect_named,
    dialects,
    emit,
    must_write,
    parse,
    read,
)
from copydesk.publishing.library import (
    ANYONE,
    FALLBACK_ID,
    Choice,
    Shelf,
    fallback_hash,
    fallback_holds,
    holds,
    without_offer,
)
from copydesk.publishing.ports import ApprovedLibrary, Campaigns, Pulls
from copydesk.publishing.pull import Pulled, PullQuery, Source
from copydesk.publishing.recipients import assign, recipient_key

__all__ = [
    "ANYONE",
    "DIALECTS",
    "FALLBACK_ID",
    "ApprovedCopy",
    "ApprovedLibrary",
    "Campaign",
    "Campaigns",
    "Choice",
    "Dialect",
    "DialectName",
    "PullQuery",
    "Pulled",
    "Pulls",
    "Reading",
    "Shelf",
    "Source",
    "approval_hash",
    "assign",
    "dialect_named",
    "dialects",
    "emit",
    "fallback_hash",
    "fallback_holds",
    "holds",
    "must_write",
    "parse",
    "read",
    "recipient_key",
    "without_offer",
]
