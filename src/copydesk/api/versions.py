"""Versions of what can change: ETag out, If-Match in, so that no decision overwrites another."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def _version(
    if_match: Annotated[
        str | None,
        Header(
            pattern=r'^(W/)?"?[0-9]{1,9}"?$',
            description=(
                'The ETag of what you read, as `"3"`. Left out, the answer is 428; when it is not '
                "the version that stands, 412."
            ),
            examples=['"3"'],
        ),
    ] = None,
) -> int | None:
    return None if if_match is None else int(re.sub(r"\D", "", if_match))


IfMatch = Annotated[int | None, Depends(_version)]
"""The version that the caller read; None without the header, which a service answers with 428."""
