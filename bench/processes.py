"""What processes cost, as Linux tells it: a process counts with all that descend from it."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Megabytes: `own` shares out what several processes have in common (PSS), `resident` counts it in each (RSS)."""

    own: float
    resident: float


def cpu_seconds(*roots: int) -> float:
    """Processor time that families of processes have used so far.

    It never falls: the time of a child that ended is in its parent's, where the parent waits for it.
    """
    ticks = 0
    for pid in _family(roots):
        ticks += sum(int(word) for word in _stat(pid)[11:15])
    return ticks / _TICKS_A_SECOND


def memory(root: int) -> Memory:
    """What a family of processes holds in memory now."""
    own = resident = 0
    for pid in _family([root]):
        rollup = dict(line.split(":", 1) for line in (_PROC / f"{pid}/smaps_rollup").read_text().splitlines()[1:])
        own += int(rollup["Pss"].split()[0])
        resident += int(rollup["Rss"].split()[0])
    return Memory(own / 1000, resident / 1000)


def _family(roots: list[int] | tuple[int, ...]) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal():
            try:
                parent = int(_stat(int(entry.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            children.setdefault(parent, []).append(int(entry.name))
    found = list(roots)
    for pid in found:  # grows while it is walked
        found += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    # The name stands in parentheses and may hold anything; what follows it is plain.
    return (_PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
