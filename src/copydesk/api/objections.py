"""`/v1/objections`: recipients who object to copy made from what is known about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import Field

from copydesk.api.parts import Desk, MayPull
from copydesk.api.problems import responses
from copydesk.api.pulls import RECIPIENT_KEY
from copydesk.briefs import Noun

router = APIRouter(prefix="/v1", tags=["serving"], responses=responses(401, 403, 422))

Key = Annotated[str, Field(pattern=RECIPIENT_KEY)]


class ObjectionList(Noun):
    """Recipients, by the keys that they are pulled with."""

    recipient_keys: tuple[Key, ...] = Field(
        min_length=1, max_length=1_000, examples=[["d6f1c2a7e0b94f35"]]
    )


class ObjectionsNoted(Noun):
    """What became of the objections."""

    accepted: int
    new: int
    """How many were not known: an objection may be sent again without harm."""


class Standing(Noun):
    """Whether a recipient objects."""

    recipient_key: str
    objects: bool


@router.post("/objections", responses=responses(413, 415))
def add(desk: Desk, caller: MayPull, sent: Annotated[ObjectionList, Body()]) -> ObjectionsNoted:
    """Note that recipients object: from the next pull on they get generic copy only.

    Generic is copy into which nothing known about anybody went: that of a segment without consent
    or signals, else the campaign's fallback.
    """
    new = desk.identities.object(sent.recipient_keys, caller)
    return ObjectionsNoted(accepted=len(sent.recipient_keys), new=new)


@router.get("/objections/{recipient_key}")
def read(
    desk: Desk, caller: MayPull, recipient_key: Annotated[str, Path(pattern=RECIPIENT_KEY)]
) -> Standing:
    """Say whether a recipient objects."""
    objects = desk.identities.objects(recipient_key, caller)
    return Standing(recipient_key=recipient_key, objects=objects)


@router.delete("/objections/{recipient_key}")
def remove(
    desk: Desk, caller: MayPull, recipient_key: Annotated[str, Path(pattern=RECIPIENT_KEY)]
) -> Standing:
    """Note that a recipient took the objection back; no error when there was none."""
    desk.identities.take_back([recipient_key], caller)
    return Standing(recipient_key=recipient_key, objects=False)
