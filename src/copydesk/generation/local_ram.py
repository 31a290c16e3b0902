"""How much memory is free beside a processor, for a process that may live in a container."""

from __future__ import annotations

import re
from pathlib import Path

_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB$", re.MULTILINE)


def free_ram(
    meminfo: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")
) -> int | None:
    """Return the bytes that this process may still take; None where the system does not tell.

    Linux tells of the machine, and of the container by its control group (version 2).
    """
    known = [amount for amount in (_of_machine(meminfo), _of_group(group)) if amount is not None]
    return min(known) if known else None


def _of_machine(meminfo: Path) -> int | None:
    found = _AVAILABLE.search(_text(meminfo))
    return int(found[1]) * 1024 if found else None


def _of_group(group: Path) -> int | None:
    most, used = (_text(group / name).strip() for name in ("memory.max", "memory.current"))
    return max(0, int(most) - int(used)) if most.isdecimal() and used.isdecimal() else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
