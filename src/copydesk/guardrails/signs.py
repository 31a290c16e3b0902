"""Marks, emoji and control characters, as expressions of one sign each."""

from __future__ import annotations

import re

EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[\U0001f300-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23f3]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?){0,6}"
)
EXCLAMATION = re.compile("[!\uff01\u203c]")
MARK = re.compile("[!?\uff01\uff1f\u203c\u2049\u2047]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ufeff]")
