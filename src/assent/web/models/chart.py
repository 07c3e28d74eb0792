"""One metric over versions as a picture: where each point, line and label of it goes. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assent.lineage.runs.measured import Point
from assent.registry.tiers import Tier

WIDTH, HEIGHT = 1120, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 34, 32
# About so many lines across.
_LINES = 4
# So many numbers of versions have room below, and so many letters of a stage above.
_MOST_LABELS = 25
_LONGEST_STAGE = 14


@dataclass(frozen=True, slots=True)
class Dot:
    """A version in the picture; `label` is written below where there is room, `stage` above who is in use."""

    x: float
    y: float
    number: int
    value: str
    label: str
    stage: str
    tier: str


@dataclass(frozen=True, slots=True)
class Level:
    """A line across, with the value that it stands for."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture: versions without a value leave a gap, so there may be several lines, each as SVG has it."""

    metric: str
    dots: Sequence[Dot]
    lines: Sequence[str]
    levels: Sequence[Level]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def words(self) -> str:
        """What the picture shows, for whoever does not see it."""
        if not self.dots:
            return f"No version has a finite {self.metric}."
        first, last = self.dots[0], self.dots[-1]
        used = [f"version {dot.number} in {dot.stage}: {dot.value}" for dot in self.dots if dot.stage]
        told = f"From {first.value} of version {first.number} to {last.value} of version {last.number}"
        return "; ".join([told, *used]) + "."


def drawn(metric: str, points: Sequence[Point], tiers: Mapping[str, Tier]) -> Chart:
    """A metric of some versions, the oldest first."""
    values = [each.value or 0.0 for each in points if _is_there(each)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    levels = list(_levels(low, high))
    low, high = levels[0], levels[-1]
    step = max(1, math.ceil(len(points) / _MOST_LABELS))

    def height(value: float) -> float:
        return round(HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM), 1)

    def across(place: int) -> float:
        wide = WIDTH - _LEFT - _RIGHT
        return round(_LEFT + wide * ((place + 0.5) / len(points)), 1)

    def dot(place: int, point: Point) -> Dot:
        tier = tiers.get(point.stage, Tier.NONE)
        is_used = tier in (Tier.PRODUCTION, Tier.STAGING)
        label = str(point.number) if (len(points) - 1 - place) % step == 0 else ""
        stage = point.stage[:_LONGEST_STAGE] if is_used else ""
        value = point.value or 0.0
        return Dot(across(place), height(value), point.number, shown(value), label, stage, tier.value)

    dots = [dot(place, point) if _is_there(point) else None for place, point in enumerate(points)]
    return Chart(
        metric,
        [each for each in dots if each],
        list(_lines(dots)),
        [Level(height(value), shown(value)) for value in levels],
    )


def _levels(low: float, high: float) -> Iterator[float]:
    """Round values, evenly spread, the first of them not above the lowest and the last not below the highest."""
    spread = (high - low) or abs(high) or 1.0
    rough = spread / _LINES
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * each for each in (1, 2, 2.5, 5, 10) if magnitude * each >= rough * 0.999)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    yield from (place * step for place in range(first, last + 1))


def shown(value: float, digits: int = 6) -> str:
    """A number with so many digits that count."""
    return f"{value:.{digits}g}"


def _is_there(point: Point) -> bool:
    return point.value is not None and math.isfinite(point.value)


def _lines(dots: Sequence[Dot | None]) -> Iterator[str]:
    run: list[str] = []
    for each in [*dots, None]:
        if each is not None:
            run.append(f"{each.x},{each.y}")
        elif run:
            yield " ".join(run)
            run = []
