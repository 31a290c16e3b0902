"""The prompt of a variant, rendered again from the request and held against its hash."""

from __future__ import annotations

from copydesk.desk.evidence.pack import PromptEvidence
from copydesk.errors import InputError
from copydesk.generations import GenerationRequest
from copydesk.steps import asked_of, with_history
from copydesk.variants import Provenance

SAME = (
    "Rendered again from the request, and it has the hash kept with the variant: this is what the "
    "model was told."
)


def prompt_again(request: GenerationRequest, made: Provenance) -> PromptEvidence:
    """Return the prompt's text where it can be rendered again to the same hash.

    Prompts are not kept. A first draft's follows from the request and the released template, which
    never changes; a repair's holds drafts, and one with examples holds copy approved by then.
    """
    kind, _, version = made.prompt.partition(".")
    if kind != "draft":
        return _without(made, f"Not kept: a prompt that {kind}s holds the drafts it is about.")
    try:
        told = with_history(request, made.signals_from_history)
        prompt = asked_of(told, version).prompt
    except InputError as error:
        return _without(made, f"Not kept, and {error.message}.")
    if prompt.sha256 != made.prompt_sha256:
        shown = f" It showed approved copy ({made.examples})." if made.examples else ""
        return _without(made, f"Not kept, and rendered again it has another hash.{shown}")
    words = {"system": prompt.system, "user": prompt.user}
    return PromptEvidence(name=made.prompt, sha256=made.prompt_sha256, note=SAME, **words)


def _without(made: Provenance, note: str) -> PromptEvidence:
    return PromptEvidence(name=made.prompt, sha256=made.prompt_sha256, note=note)
