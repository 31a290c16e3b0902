"""Go's own text/template with Sprig, in a process: a bad template ends the process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

import pytest

CHILD = """
import json, pathlib, sys, tempfile
import go_template
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "template"
    for line in sys.stdin:
        template, data = json.loads(line)
        file.write_text(template, encoding="utf-8", newline="")
        print(json.dumps(go_template.render(file, data).decode()), flush=True)
"""


class GoTemplates:
    """Renders templates one after another."""

    def __init__(self) -> None:
        pytest.importorskip("go_template")
        self._child = subprocess.Popen(
            [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def close(self) -> None:
        """End the process."""
        self._child.communicate()

    def render(self, template: str, data: Mapping[str, object]) -> str:
        """Return what Go makes of the template."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps([template, data]) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        assert answer, f"Go cannot read {template!r}"
        return str(json.loads(answer))
