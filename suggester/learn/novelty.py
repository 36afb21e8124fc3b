"""How well a passage fits the codebook as a whole, as a conformal p-value."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fit_scores(probabilities: Floats) -> Floats:
    """One number per passage (n,): the highest probability of any code."""
    return np.asarray(probabilities.max(axis=1, initial=0.0))


def p_values(scores: Floats, calibration: Floats) -> Floats:
    """Conformal p-value (n,) of "this passage is like the coded ones".

    ``calibration`` holds the fit scores of coded passages, each scored by heads trained without its
    transcript. p = (1 + how many of them score as low or lower) / (1 + their number): for a passage
    exchangeable with coded ones, p <= a happens with probability at most a (Vovk et al. 2005), and rather
    less often here, as new passages are scored by heads that have learned from all transcripts.
    """
    ordered = np.sort(calibration)
    as_low = np.searchsorted(ordered, scores, side="right")
    return np.asarray((1.0 + as_low) / (1.0 + len(ordered)), np.float64)
