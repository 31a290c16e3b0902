"""What campaign tools report, as data: one file a tool, and the shape that these files have."""

from copydesk.feedback.tools.shape import Proof, Says, Tool
from copydesk.feedback.tools.shipped import tool_named, tools

__all__ = ["Proof", "Says", "Tool", "tool_named", "tools"]
