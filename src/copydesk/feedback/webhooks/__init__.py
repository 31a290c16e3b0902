"""Outcomes as campaign tools report them: each tool's own shape, signature checked."""

from copydesk.feedback.webhooks.delivery import Delivery, Received, Webhook
from copydesk.feedback.webhooks.tools import TOOLS, webhooks

__all__ = ["TOOLS", "Delivery", "Received", "Webhook", "webhooks"]
