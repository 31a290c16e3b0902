"""Prompts: versioned Jinja files, rendered strictly, with the part that never changes first."""

from copydesk.prompts.build import (
    PROMPT_VERSION,
    draft_prompt,
    fixed_parts,
    prompt_versions,
    repair_prompt,
    shows_examples,
)
from copydesk.prompts.judging import judge_policy, judge_prompt
from copydesk.prompts.prompt import Prompt

__all__ = [
    "PROMPT_VERSION",
    "Prompt",
    "draft_prompt",
    "fixed_parts",
    "judge_policy",
    "judge_prompt",
    "prompt_versions",
    "repair_prompt",
    "shows_examples",
]
