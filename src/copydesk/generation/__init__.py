"""Models that write drafts, behind one protocol."""

from copydesk.generation.build import (
    Chosen,
    EngineState,
    ModelChoice,
    build_model,
    engine_states,
)
from copydesk.generation.chain import ModelChain
from copydesk.generation.model import Draft, DraftRequest, Drafts, Model, Repair
from copydesk.generation.scripted import ScriptedModel

__all__ = [
    "Chosen",
    "Draft",
    "DraftRequest",
    "Drafts",
    "EngineState",
    "Model",
    "ModelChain",
    "ModelChoice",
    "Repair",
    "ScriptedModel",
    "build_model",
    "engine_states",
]
