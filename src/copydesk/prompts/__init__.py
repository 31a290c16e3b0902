"""Prompts: versioned Jinja files, rendered strictly, with the part that never changes first."""

from copydesk.prompts.prompt import Prompt

__all__ = ["Prompt"]
