"""The phrase book: the embedded default model, which writes from a grammar of phrases."""

from copydesk.generation.phrasebook.model import PhrasebookModel

__all__ = ["PhrasebookModel"]
