"""Medians of interleaved runs, and a row of the table."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One line of the table: a measured number, and whether it is within its aim."""

    what: str
    against: str
    measured: str
    aim: str
    reached: bool
    seconds: dict[str, float] = field(default_factory=dict)


def interleaved(
    sides: dict[str, Callable[[], object]], rounds: int, repeats: dict[str, int] | None = None
) -> dict[str, float]:
    """Return the median seconds of one call of each side.

    The sides take turns, so that a busy moment of the machine falls on all of them. Within its turn
    a side is called `repeats` times (once by default), which a quick one needs to be timed at all.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            number = (repeats or {}).get(name, 1)
            start = time.perf_counter()
            for _ in range(number):
                run()
            times[name].append((time.perf_counter() - start) / number)
    return {name: statistics.median(taken) for name, taken in times.items()}


def faster(what: str, seconds: dict[str, float], ours: str, theirs: str, at_least: float) -> Row:
    """Make a row of how many times faster we are."""
    ratio = seconds[theirs] / seconds[ours]
    measured, aim = f"{ratio:.1f} × faster", f"≥ {at_least:g} × faster"
    return Row(what, theirs, measured, aim, ratio >= at_least, seconds)


def share(what: str, seconds: dict[str, float], ours: str, theirs: str, at_most: float) -> Row:
    """Make a row of our time as a multiple of theirs."""
    ratio = seconds[ours] / seconds[theirs]
    measured, aim = f"{ratio:.2f} of its time", f"≤ {at_most:g} of its time"
    return Row(what, theirs, measured, aim, ratio <= at_most, seconds)


def within(what: str, against: str, seconds: float, at_most: float) -> Row:
    """Make a row of a time that has its own limit."""
    reached = seconds <= at_most
    return Row(what, against, f"{seconds:.2f} s", f"≤ {at_most:g} s", reached, {"ours": seconds})
