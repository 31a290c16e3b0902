"""Every error that Copydesk raises, in one tree.

    CopydeskError                       catch this for "anything that Copydesk reports"
    ├── InputError                422   a document, a file or a request holds something wrong
    │   ├── BrokenDelivery        400   what a campaign tool delivered did not come whole
    │   ├── Contradiction         409   fields that are each right do not fit each other
    │   └── SettingsError         500   the operator's settings cannot be used
    ├── Unauthenticated           401   no session or key, or one that is not known
    │   ├── BadSignature          401   a delivery was not signed by the tool it names
    │   └── SignInRefused         401   the sign-in provider's answer does not let anybody in
    ├── Forbidden                 403   known, but not allowed
    │   └── SelfApproval          403   the one who asked for the copy tried to sign it
    ├── NotFound                  404   nothing by that name
    ├── LinkEnded                 410   a link to a review is out of date, revoked or used
    ├── Conflict                  409   the request does not fit what is there
    │   ├── WrongMove             409   the review item's state does not allow this act
    │   ├── HeldByAnother         409   somebody else holds the lease
    │   ├── KeyReused             409   an Idempotency-Key came back with another body
    │   ├── BlockedCopy           409   copy with a blocking finding cannot be approved
    │   ├── NothingToServe        409   nothing of the campaign may be served at this moment
    │   └── StaleVersion          412   the item changed since it was read
    ├── VersionRequired           428   a change came without If-Match
    ├── TooManyRequests           429   too many tries, or requests: wait, then go on
    ├── ProviderUnavailable       503   the sign-in provider could not be asked
    ├── StoreUnavailable          503   the database cannot be reached, or is not at this version
    ├── StreamLost                502   a stream of events cannot be read
    ├── Undelivered               502   a message to somebody else did not get through
    └── GenerationError           502   no usable draft came back
        ├── ModelUnavailable      503   the model could not be reached, or asked us to wait
        ├── ModelMisconfigured    500   the model's settings, key or weights are wrong
        ├── OverBudget            503   the call would cost more than the operator allows
        └── InvalidDraft          502   the model answered, but not with copy

The first line of a class's docstring is its default message, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where it is, what it holds, and what would be right."""

    field: str
    """Dotted path of the field, as `offer.value` or `facts[2].id`; empty for the whole document."""
    holds: str
    """What was found there, shortened."""
    remedy: str
    """What would be right."""
    source: str | None = None
    """File name, or None for a request."""
    line: int | None = None
    """Line in `source`, counted from one."""

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}: " if self.source and self.line else ""
        place = place or (f"{self.source}: " if self.source else "")
        field = f"{self.field}: " if self.field else ""
        holds = f" (it holds {self.holds})" if self.holds else ""
        return f"{place}{field}{self.remedy}{holds}"


class CopydeskError(Exception):
    """Copydesk could not do this."""

    status = 500
    """HTTP status that the API answers with."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or _first_line(type(self))
        super().__init__(self.message)

    @classmethod
    def slug(cls) -> str:
        """Return the name used as the `type` of a problem+json answer, as `stale-version`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("-")


class InputError(CopydeskError):
    """The input holds something wrong."""

    status = 422

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = [Problem(field="", holds="", remedy=problems)]
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Contradiction(InputError):
    """Two parts of the input contradict each other."""

    status = 409


class BrokenDelivery(InputError):
    """The delivery did not come whole: send it again."""

    status = 400


class SettingsError(InputError):
    """The settings cannot be used."""

    status = 500


class Unauthenticated(CopydeskError):
    """Sign in, or send an API key as `Authorization: Bearer KEY`."""

    status = 401


class BadSignature(Unauthenticated):
    """The delivery's signature does not fit: check the tool's key in the settings."""


class SignInRefused(Unauthenticated):
    """The sign-in provider's answer does not let anybody in."""


class Forbidden(CopydeskError):
    """Your roles do not allow this."""

    status = 403


class SelfApproval(Forbidden):
    """Whoever asked for the copy, or edited it, cannot approve it: another person must."""


class NotFound(CopydeskError):
    """There is nothing by that name."""

    status = 404


class LinkEnded(CopydeskError):
    """This link is out of date, was revoked or was used: ask for a new one."""

    status = 410


class Conflict(CopydeskError):
    """This does not fit what is already there."""

    status = 409


class WrongMove(Conflict):
    """The item's state does not allow this act."""


class HeldByAnother(Conflict):
    """Somebody else holds this item."""


class KeyReused(Conflict):
    """This Idempotency-Key was used with another body: send a new key."""


class BlockedCopy(Conflict):
    """Copy with a blocking finding cannot be approved: edit it first."""


class NothingToServe(Conflict):
    """Nothing of the campaign may be served now: send nothing, and ask again later."""


class StaleVersion(Conflict):
    """The item changed since you read it: read it again, then decide."""

    status = 412


class VersionRequired(CopydeskError):
    """Send the version that you read as `If-Match`, so that no one's decision is overwritten."""

    status = 428


class TooManyRequests(CopydeskError):
    """Too many requests: wait, then go on."""

    status = 429

    def __init__(
        self, message: str, retry_after_s: int, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.headers = {"Retry-After": str(retry_after_s), **(headers or {})}
        """Of the answer."""


class ProviderUnavailable(CopydeskError):
    """The sign-in provider could not be asked: try again in a minute."""

    status = 503


class StoreUnavailable(CopydeskError):
    """The database cannot be reached, or its tables are not those of this version."""

    status = 503


class Undelivered(CopydeskError):
    """The message did not get through."""

    status = 502

    def __init__(
        self, message: str | None = None, *, for_good: bool = False, wait_s: float | None = None
    ) -> None:
        """Take why; whether no later try can help; and the seconds the receiver asks us to wait."""
        super().__init__(message)
        self.for_good = for_good
        self.wait_s = wait_s


class StreamLost(CopydeskError):
    """The stream of events cannot be read."""

    status = 502


class GenerationError(CopydeskError):
    """No usable draft came back from the model."""

    status = 502


class ModelUnavailable(GenerationError):
    """The model could not be reached, or asked us to wait."""

    status = 503

    may_have_cost = False
    """True where the provider may have written an answer, and bill it, that never came."""


class ModelMisconfigured(GenerationError):
    """The model's settings, key or weights are wrong."""

    status = 500


class OverBudget(GenerationError):
    """The call would cost more than the operator allows."""

    status = 503


class InvalidDraft(GenerationError):
    """The model answered, but not with copy that fits the schema."""


def _first_line(cls: type) -> str:
    return (cls.__doc__ or cls.__name__).strip().splitlines()[0]
