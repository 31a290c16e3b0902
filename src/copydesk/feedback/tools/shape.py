"""How one tool reports: what proves that it was the tool, and where in an event each thing is."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from copydesk.briefs import Noun
from copydesk.feedback.outcomes import Human, OutcomeKind

Paths = tuple[str, ...]
"""Dotted paths into an event, or names of columns; the first that holds something counts."""


class Proof(Noun):
    """What proves that a delivery is the tool's."""

    scheme: Literal["ecdsa", "hmac", "shared"]
    """`shared`: the secret itself comes in a header, which proves who sent it and not what."""
    signature: str = ""
    """Header of the signature, in lower case."""
    encoding: Literal["hex", "base64"] = "base64"
    signed: tuple[str, ...] = ("body",)
    """What is signed, in order: `body`, `timestamp`, or the text itself."""
    timestamp: str | None = None
    """Header of the time of signing, in lower case: seconds since 1970, or RFC 3339."""
    window_hours: float | None = None
    """Older signatures are refused: as long as the tool tries again, for a later try may bear the
    time of the first."""
    headers: tuple[str, ...] = ()
    """For `shared`: where the secret may be."""
    same: tuple[str, str] | None = None
    """A header, and the place in the body that must say the same."""


class Says(Noun):
    """A field by which the tool itself judges an event."""

    field: str
    is_: str | bool = Field(default=True, alias="is")
    """The value by which it says so."""
    human: Human = "no"


class Tool(Noun):
    """One tool. What is not named here is not read."""

    tool: str
    title: str
    sources: tuple[str, ...] = ()
    """Where the tool's own words on this are."""
    proof: Proof | None = None
    """None: it posts nothing by itself, or nothing that is read; its files are."""
    key_from: Literal["us", "tool"] = "us"
    """Who makes it: Copydesk, to be pasted there; or the tool, to be pasted here."""
    handshake: tuple[str, ...] = ()
    """Fields of the one unsigned message by which the tool asks whether the address is wanted."""
    events: str = ""
    """Where the list of events is; empty for the whole body. One object is a list of one."""
    grouped: bool = False
    """The body is an object of lists, each under its type, which becomes the event's `type`."""
    flatten: Paths = ()
    """Objects in an event whose fields are taken for the event's own."""
    each: str = ""
    """A list in what is reported of which each item is an event, with the fields around it."""
    wide: dict[str, OutcomeKind] = {}
    """Columns of times: each that holds one is an event of this kind, its `type` the column's name
    and its `at` the time."""
    event_id: Paths = ()
    identity: Paths = ()
    """What together tells two events apart, where the tool gives them no id."""
    only: dict[str, str] = {}
    """Fields that must hold this, or the event is of no e-mail."""
    kind: Paths = ()
    kinds: dict[str, OutcomeKind] = {}
    """By what `kind` holds, in lower case. Any other is no outcome."""
    at: Paths
    naive_utc: bool = False
    """Times without a zone are UTC, as the tool says."""
    recipient_key: Paths = ("copydesk_recipient",)
    recipient: Paths = ()
    """Ids of the recipient: a keyed hash takes their place before anything is stored."""
    message: Paths = ()
    tool_campaign: Paths = ()
    campaign: Paths = ("copydesk_campaign",)
    variant: Paths = ("copydesk_variant",)
    url: Paths = ()
    agent: Paths = ()
    value: Paths = ("copydesk_value",)
    """What a conversion brought, a sum with a point for decimals."""
    currency: Paths = ("copydesk_currency",)
    says: tuple[Says, ...] = ()
    human: Paths = ()
    """Where an earlier verdict is: `yes`, `no` or `unknown`."""

    @cached_property
    def ids(self) -> frozenset[str]:
        """Paths of what says who it was."""
        return frozenset(self.recipient)

    @model_validator(mode="after")
    def _tells_events_apart(self) -> Tool:
        if not (self.event_id or self.identity):
            raise ValueError("name event_id, or the identity of an event")
        return self
