"""Which hand-coded passages are nearest to a passage: the evidence that is shown with a suggestion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from suggester.learn.encoders import Vectors


@dataclass(frozen=True, slots=True)
class Near:
    """Row ``coded`` of the hand-coded passages, at this cosine."""

    coded: int
    similarity: float


def nearest_coded(
    query: Vectors,
    coded: Vectors,
    rows_of: Mapping[str, NDArray[np.intp]],
    wanted: Sequence[Sequence[str]],
    n: int,
) -> list[dict[str, tuple[Near, ...]]]:
    """For each query and each of its wanted codes, the ``n`` nearest passages that carry the code.

    Parameters
    ----------
    query : (q, d) and coded : (m, d), unit vectors
    rows_of : for each code, the rows of ``coded`` that carry it
    wanted : for each query, the codes to give evidence for
    """
    found: list[dict[str, tuple[Near, ...]]] = [{} for _ in range(len(query))]
    asking: dict[str, list[int]] = {}
    for i, codes in enumerate(wanted):
        for code in codes:
            asking.setdefault(code, []).append(i)
    for code, queries in asking.items():
        rows = rows_of[code]
        cosines = query[queries] @ coded[rows].T
        best = np.argsort(-cosines, axis=1, kind="stable")[:, :n]
        for i, places, row in zip(queries, best, cosines, strict=True):
            found[i][code] = tuple(Near(int(rows[p]), float(row[p])) for p in places)
    return found
