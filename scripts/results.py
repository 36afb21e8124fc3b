"""What the benchmark measured: one entry for each study, system and budget, kept as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from protocol import Floats
from suggester.domain import Statistic
from suggester.learn.metrics import statistic

# Resampled values are kept as whole numbers, for the size of the file.
_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One system at one budget ("all", or how many passages a code) in one study.

    ``seeds`` holds each seed's figures, ``resampled`` its macro-AP in 500 resamples of groups, times 10,000:
    the same resamples for every system. ``study_sha256`` tells whether two entries can be compared.
    """

    study: str
    system: str
    budget: str
    date: str
    versions: dict[str, str]
    study_sha256: str
    n_passages: int
    n_coded: int
    n_groups: int
    n_codes: int
    seeds: dict[str, dict[str, float | None]]
    resampled: dict[str, list[int]]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.study, self.system, self.budget

    def mean(self, figure: str) -> float:
        """Of the seeds that have the figure; NaN if none has."""
        values = [value for seed in self.seeds.values() if (value := seed[figure]) is not None]
        return float(np.mean(values)) if values else float("nan")

    def macro_ap(self, seeds: Sequence[str]) -> Floats:
        """Mean over ``seeds`` of macro-AP: as measured, then in each resample (501,)."""
        rows = [[self.seeds[seed]["macro_ap"], *(v / _SCALE for v in self.resampled[seed])] for seed in seeds]
        return np.mean(rows, axis=0)


def as_kept(resampled: Floats) -> list[int]:
    """Resampled values as `Entry` holds them."""
    return [round(value * _SCALE) for value in resampled]


def macro_ap_with_interval(entry: Entry) -> Statistic:
    return _with_interval(entry.macro_ap(list(entry.seeds)), entry, reflected=True)


def compared(ours: Entry, theirs: Entry) -> tuple[Statistic, Statistic]:
    """Difference and ratio of macro-AP, paired: on the seeds that both have, in the same resamples."""
    a, b = paired(ours, theirs)
    return _with_interval(a - b, ours), _with_interval(a / b, ours)


def paired(ours: Entry, theirs: Entry) -> tuple[Floats, Floats]:
    """Macro-AP of both (501,) on the seeds that both have."""
    seeds = [seed for seed in ours.seeds if seed in theirs.seeds]
    return ours.macro_ap(seeds), theirs.macro_ap(seeds)


def _with_interval(values: Floats, entry: Entry, reflected: bool = False) -> Statistic:
    return statistic(
        values,
        n_groups=entry.n_groups,
        n_units=entry.n_passages,
        n_transcripts=entry.n_groups,
        reflected=reflected,
    )


def merged(earlier: Sequence[Entry], new: Sequence[Entry]) -> list[Entry]:
    """All entries, ``new`` ones in place of earlier ones of the same study, system and budget.

    Earlier entries of a study that has changed since cannot be compared, and go.
    """
    today = {entry.study: entry.study_sha256 for entry in new}
    replaced = {entry.key for entry in new}
    kept = [
        entry
        for entry in earlier
        if entry.key not in replaced and today.get(entry.study, entry.study_sha256) == entry.study_sha256
    ]
    return [*kept, *new]


def read(file: Path) -> list[Entry]:
    """The entries of a file; none if there is no such file."""
    if not file.is_file():
        return []
    return [Entry(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]


def write(file: Path, entries: Sequence[Entry]) -> None:
    """One entry to a line, in an order that does not depend on which piece was run last."""
    lines = [json.dumps(asdict(entry), ensure_ascii=False) for entry in sorted(entries, key=lambda e: e.key)]
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
