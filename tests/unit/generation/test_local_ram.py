"""How much memory a processor has free, on a machine or in a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.generation.local_ram import free_ram

MEMINFO = "MemTotal:       16000000 kB\nMemFree:         100 kB\nMemAvailable:    8000 kB\n"


@pytest.mark.parametrize(
    ("most", "used", "free"),
    [("max", "5", 8000 * 1024), ("3000", "1000", 2000), ("1000", "3000", 0), ("", "", 8000 * 1024)],
)
def test_a_container_may_have_less_than_its_machine(
    tmp_path: Path, most: str, used: str, free: int
) -> None:
    """What counts is the smaller: of the machine, and of the limit of the control group."""
    (tmp_path / "meminfo").write_text(MEMINFO)
    (tmp_path / "memory.max").write_text(f"{most}\n")
    (tmp_path / "memory.current").write_text(f"{used}\n")

    assert free_ram(tmp_path / "meminfo", tmp_path) == free


def test_a_system_that_does_not_tell_bounds_nothing(tmp_path: Path) -> None:
    """Without these files, as on macOS, nobody knows, and only the setting bounds memory."""
    assert free_ram(tmp_path / "meminfo", tmp_path / "none") is None
