"""Approved copy, and how campaign tools get at it."""

from copydesk.publishing.approval import approval_hash
from copydesk.publishing.campaigns import ApprovedCopy, Campaign
from copydesk.publishing.ports import ApprovedLibrary, Campaigns

__all__ = ["ApprovedCopy", "ApprovedLibrary", "Campaign", "Campaigns", "approval_hash"]
