"""Pushing approved copy to tools that cannot pull, and taking it back from there."""

from copydesk.pushing.records import Push, Pushed, Pushes, PushState, Task
from copydesk.pushing.targets import Targets
from copydesk.pushing.tool import Done, Parcel, Tool

__all__ = [
    "Done",
    "Parcel",
    "Push",
    "PushState",
    "Pushed",
    "Pushes",
    "Targets",
    "Task",
    "Tool",
]
