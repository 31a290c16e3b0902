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
from copydesk.generation.questions import Answerer, Form, ScriptedAnswerer
from copydesk.generation.scripted import ScriptedModel

__all__ = [
    "Answerer",
    "Chosen",
    "Draft",
    "DraftRequest",
    "Drafts",
    "EngineState",
    "Form",
    "Model",
    "ModelChain",
    "ModelChoice",
    "Repair",
    "ScriptedAnswerer",
    "ScriptedModel",
    "build_model",
    "engine_states",
]
