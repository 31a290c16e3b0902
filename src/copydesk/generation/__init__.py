"""Models that write drafts, behind one protocol."""

from copydesk.generation.model import Draft, DraftRequest, Drafts, Model, Repair

__all__ = ["Draft", "DraftRequest", "Drafts", "Model", "Repair"]
