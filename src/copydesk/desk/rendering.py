"""Individual copy: an approved template with a recipient's values, as far as they were approved.

Nothing of a value is kept. That a value is good, or not, is remembered under a hash that is keyed
anew in every process, because the same first names come a thousand times in one send.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from copydesk.audiences import Audience, Consent
from copydesk.brand_voice import Brand
from copydesk.briefs import Brief
from copydesk.desk.parts import Checks
from copydesk.errors import Conflict
from copydesk.guardrails import Submission
from copydesk.guardrails.fields import longest_of
from copydesk.guardrails.values import NEW_FINDING, Found, found_in, new_with, plain, why_not
from copydesk.publishing import ApprovedCopy
from copydesk.publishing.pull import FellBack
from copydesk.variants import Copy, MergeTag, Slot, Text

K = TypeVar("K")
V = TypeVar("V")
KEPT_MAX = 65_536
"""So many verdicts are remembered; beyond that all are found anew."""
NOT_GIVEN = "no value was given"
NOBODY = "no recipient was named, so that nobody can tell whether they object"
FOR_EVERYBODY = "it is the fallback, which is the same for everybody"


class Template(NamedTuple):
    """Approved copy, with all that it was approved on."""

    approved: ApprovedCopy
    brief: Brief | None
    brand: Brand
    audience: Audience | None
    """None for the campaign's fallback."""

    @property
    def tags(self) -> dict[str, list[MergeTag]]:
        """The merge tags by name: one may stand at several places, with several fallbacks."""
        found: dict[str, list[MergeTag]] = {}
        for _, text in self.approved.copy_.slots():
            for tag in text.tags:
                found.setdefault(tag.name, []).append(tag)
        return found

    @property
    def barred_because(self) -> str | None:
        """Why nobody's values may be put into it, or None."""
        if self.audience is None:
            return FOR_EVERYBODY
        consent = self.audience.consent
        return None if consent is Consent.GIVEN else f"consent is {consent.value}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one recipient reads."""

    texts: Mapping[Slot, Text]
    """Words alone, no merge tag."""
    fallbacks: tuple[FellBack, ...]


class Rendering:
    """Puts values into templates, and lets none out that makes anything new of the copy."""

    def __init__(self, checker: Checks) -> None:
        self._checker = checker
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, frozenset[str] | None] = {}
        self._before: dict[str, Found] = {}

    def of(
        self, template: Template, given: Mapping[str, object], barred: str | None = None
    ) -> Rendered:
        """Return the copy with these values of fields; the tag's fallback for what is not fit.

        `barred` is why this recipient's values must not be used at all. Fields that the copy has
        no tag for are not looked at. An individual's own fields stand in for what is not given.

        Raises Conflict: a tag without a fallback would need one.
        """
        barred = barred or template.barred_because
        if barred is not None:
            return bare(template.approved.copy_, barred)
        values = _Values(template, given)
        while values.good and (bad := self._new(template, values.good)) != frozenset():
            values.drop(values.good.keys() if bad is None else bad, NEW_FINDING)
        return _rendered(template.approved.copy_, values.good, values.why)

    def _new(self, template: Template, values: Mapping[str, str]) -> frozenset[str] | None:
        """Return whose values bring a finding that the approved copy has not; None: all of them."""
        bound = template.approved.approval_hash
        told = json.dumps([bound, sorted(values.items())]).encode()
        name = hashlib.blake2b(told, key=self._key).digest()
        if name not in self._known:
            new = new_with(self._approved(template), self._found(template, values))
            _keep(self._known, name, new)
        return self._known[name]

    def _approved(self, template: Template) -> Found:
        """Return what the copy holds as it was approved: with fallbacks, and at its longest."""
        bound = template.approved.approval_hash
        if (found := self._before.get(bound)) is None:
            longest = {
                name: "n" * max(longest_of(tag, template.audience) for tag in tags)
                for name, tags in template.tags.items()
            }
            found = self._found(template, {}) | self._found(template, longest)
            _keep(self._before, bound, found)
        return found

    def _found(self, template: Template, values: Mapping[str, str]) -> Found:
        approved, brief, brand, audience = template
        submission = Submission(approved.copy_, brief, brand, audience)
        return found_in(self._checker.check, submission, values)


class _Values:
    """What was given, sorted into what may be rendered and why the rest may not."""

    def __init__(self, template: Template, given: Mapping[str, object]) -> None:
        self.good: dict[str, str] = {}
        self.why: dict[str, str] = {}
        audience = template.audience
        own = audience.fields if audience is not None and audience.recipient is not None else {}
        for name, tags in template.tags.items():
            value = given.get(name, own.get(name))
            if value is None or (isinstance(value, str) and not value.strip()):
                self.why[name] = NOT_GIVEN
                continue
            reasons = [why_not(value, tag, audience) for tag in tags]
            reason = next((one for one in reasons if one is not None), None)
            if reason is None:
                self.good[name] = plain(str(value))
            else:
                self.why[name] = reason

    def drop(self, names: Iterable[str], why: str) -> None:
        """Take these out."""
        for name in [*names]:
            del self.good[name]
            self.why[name] = why


def bare(copy: Copy, why: str) -> Rendered:
    """Return the copy with the fallback of every tag, for this reason. Raises Conflict."""
    names = {tag.name: why for _, text in copy.slots() for tag in text.tags}
    return _rendered(copy, {}, names)


def _rendered(copy: Copy, values: Mapping[str, str], why: Mapping[str, str]) -> Rendered:
    for _, text in copy.slots():
        for tag in text.tags:
            if tag.name in why and tag.fallback is None:
                raise Conflict(
                    f"The merge tag `{tag.name}` has no fallback, and is needed: {why[tag.name]}."
                )
    texts = {slot: Text.literal(text.render(values)) for slot, text in copy.slots()}
    fallbacks = tuple(FellBack(field=name, why=reason) for name, reason in why.items())
    return Rendered(texts, fallbacks)


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    if len(kept) >= KEPT_MAX:
        kept.clear()
    kept[key] = value
