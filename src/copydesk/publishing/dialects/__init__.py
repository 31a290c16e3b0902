"""Copy in the syntax of campaign tools: written for them, and read back from what they hold.

What each tool writes is data, `syntax.yaml`. Three things are never done: a tag without a fallback
is not written, literal text that the tool would run as code is escaped or refused, and nothing is
written that would not be read back as the same copy.
"""

from copydesk.publishing.dialects.reading import Reading, parse, read
from copydesk.publishing.dialects.syntax import (
    DIALECTS,
    Dialect,
    DialectName,
    dialect_named,
    dialects,
)
from copydesk.publishing.dialects.writing import emit, must_write

__all__ = [
    "DIALECTS",
    "Dialect",
    "DialectName",
    "Reading",
    "dialect_named",
    "dialects",
    "emit",
    "must_write",
    "parse",
    "read",
]
