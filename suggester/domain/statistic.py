"""A statistic with its uncertainty, or the reason why there is none."""

from dataclasses import dataclass
from math import isnan


@dataclass(frozen=True, slots=True)
class Statistic:
    """An estimate with interval and the n it rests on.

    ``estimate``, ``low`` and ``high`` are None where they cannot be estimated, and
    ``undefined_because`` then says why. ``confidence`` is the interval's nominal coverage.
    """

    estimate: float | None
    low: float | None = None
    high: float | None = None
    n_units: int = 0
    n_transcripts: int = 0
    n_coders: int = 0
    confidence: float = 0.95
    undefined_because: str = ""

    def __post_init__(self) -> None:
        if (self.estimate is None or self.low is None or self.high is None) and not self.undefined_because:
            raise ValueError("an undefined statistic needs its reason")
        if any(value is not None and isnan(value) for value in (self.estimate, self.low, self.high)):
            raise ValueError("what is no number is no estimate: None, with its reason")
