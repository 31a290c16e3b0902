"""Examples for the OpenAPI document: invented, and accepted as they are (a test sends them)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

_examples: dict[str, Any] = yaml.safe_load(
    files("copydesk.api").joinpath("examples.yaml").read_text(encoding="utf-8")
)

CHECK: dict[str, Any] = _examples["check"]
GENERATION: dict[str, Any] = _examples["generation"]
RANK: dict[str, Any] = _examples["rank"]
OUTCOMES: dict[str, Any] = _examples["outcomes"]
EVENTS: dict[str, Any] = _examples["events"]
TIMING: dict[str, Any] = _examples["timing"]
USER: dict[str, Any] = _examples["user"]
KEY: dict[str, Any] = _examples["key"]
BRIEF: dict[str, Any] = _examples["brief"]
BRAND: dict[str, Any] = _examples["brand"]
COPY: dict[str, Any] = _examples["copy"]
EXPERIMENT: dict[str, Any] = _examples["experiment"]
