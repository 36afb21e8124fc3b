"""The codebook: headings, and under them the sub-categories that are used for coding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suggester.domain.names import folded
from suggester.errors import CodebookError

_REASON = re.compile(r"\s*\[[^\[\]]*\]\s*$")


@dataclass(frozen=True, slots=True)
class Code:
    """One sub-category of the codebook.

    ``guid`` identifies the code through renames and versions; it is given by the study, and empty
    in a codebook that has only been read from a file. ``heading`` is empty in a flat codebook.

    ``examples`` are typical. ``borderline`` ones count as well, with the reason in square brackets after
    each; ``near_misses`` do not count, with the code that takes them in square brackets.
    """

    name: str
    heading: str = ""
    level: str = ""
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()
    borderline: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()
    color: str = ""
    guid: str = ""

    @property
    def counting_examples(self) -> tuple[str, ...]:
        """The typical and the borderline examples, these without their reasons: what a model can learn."""
        said = (_REASON.sub("", example) for example in self.borderline)
        return (*self.examples, *(text for text in said if text.strip()))


@dataclass(frozen=True, slots=True)
class Codebook:
    """The codes in their order. ``version`` is 0 until a study has stored it.

    Raises
    ------
    CodebookError
        A name is empty, or two codes have the same name (see `folded`).
    """

    codes: tuple[Code, ...]
    version: int = 0

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for position, code in enumerate(self.codes, start=1):
            if not code.name.strip():
                raise CodebookError(f"code {position} has no name", remedy="Give every code a name.")
            key = folded(code.name)
            if key in seen:
                raise CodebookError(
                    f"the code '{code.name}' is there twice",
                    remedy="Give each code a name of its own, for instance with its heading in front.",
                )
            seen[key] = code.name

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in order of first use; empty for a flat codebook."""
        return tuple(dict.fromkeys(code.heading for code in self.codes if code.heading))

    def find(self, name: str) -> Code | None:
        """The code of this name (case, white space and Unicode form aside), or None."""
        key = folded(name)
        return next((code for code in self.codes if folded(code.name) == key), None)
