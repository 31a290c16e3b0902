"""Whose event it is, where the tool carries no variant: by the tool's own ids, in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import RootModel

from copydesk import documents
from copydesk.briefs import Noun
from copydesk.feedback.outcomes import Outcome


class Place(Noun):
    """The campaign, and the variant where it is known, that an id of a tool stands for."""

    campaign: str
    variant: str | None = None


class Attribution(RootModel[Mapping[str, Mapping[str, Place]]]):
    """By tool, and by the tool's id of a campaign, template or variation, where it belongs."""

    root: Mapping[str, Mapping[str, Place]] = {}

    @classmethod
    def load(cls, path: Path | None) -> Attribution:
        """Read the file; without one nothing is attributed by ids. Raises InputError."""
        return cls() if path is None else documents.load(path, cls)

    def of(self, outcome: Outcome) -> Outcome:
        """Return the outcome with what the file says of its tool's campaign; what it has stays."""
        if outcome.tool_campaign is None or (outcome.campaign and outcome.variant_id):
            return outcome
        place = self.root.get(outcome.source, {}).get(outcome.tool_campaign)
        if place is None or (outcome.campaign and outcome.campaign != place.campaign):
            return outcome
        update = {"campaign": place.campaign, "variant_id": outcome.variant_id or place.variant}
        return outcome.model_copy(update=update)
