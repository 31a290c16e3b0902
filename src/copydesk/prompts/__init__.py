"""Prompts: versioned Jinja files, rendered strictly, with the part that never changes first."""

from copydesk.prompts.build import draft_prompt, repair_prompt
from copydesk.prompts.judging import judge_policy, judge_prompt
from copydesk.prompts.prompt import Prompt

__all__ = ["Prompt", "draft_prompt", "judge_policy", "judge_prompt", "repair_prompt"]
