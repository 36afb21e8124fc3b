"""The fields of a code as codebook files name them, and a code made from them."""

import re
from collections.abc import Iterable, Mapping

from suggester.domain import Code

# In the order in which a table is written; for each, the names that are understood.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "heading": (
        "heading", "category", "parent", "parent code", "theme", "group", "code group", "parent category",
    ),
    "name": (
        "name", "code name", "codename", "sub-category", "subcategory", "code", "tag", "tag name", "codes",
    ),
    "level": ("level",),
    "definition": ("definition", "description", "memo", "code memo", "comment"),
    "include": ("include", "inclusion", "inclusion criteria", "when to use", "use when"),
    "exclude": ("exclude", "exclusion", "exclusion criteria", "when not to use", "do not use when"),
    "examples": ("examples", "example", "example quotes", "typical examples"),
    "borderline": ("borderline", "borderline examples"),
    "near_misses": ("near misses", "not examples"),
    "color": ("color", "colour"),
}  # fmt: skip
LISTS = ("examples", "borderline", "near_misses")
"""The fields that hold several texts."""
_BAR = re.compile(r"(?:^|\s)\|(?=\s|$)")


def code_of(fields: Mapping[str, str], lists: Mapping[str, Iterable[str]]) -> Code:
    """A code from its text fields and its `LISTS`, outer white space taken off; names on one line."""
    examples, borderline, near_misses = (
        tuple(text for text in map(tidy, lists.get(field, ())) if text) for field in LISTS
    )
    return Code(
        name=_one_line(fields.get("name", "")),
        heading=_one_line(fields.get("heading", "")),
        level=_one_line(fields.get("level", "")),
        definition=tidy(fields.get("definition", "")),
        include=tidy(fields.get("include", "")),
        exclude=tidy(fields.get("exclude", "")),
        examples=examples,
        borderline=borderline,
        near_misses=near_misses,
        color=_one_line(fields.get("color", "")),
    )


def split_examples(cell: str) -> list[str]:
    """The examples in one cell: separated by `` | `` if that is there, else by line breaks."""
    return _BAR.split(cell) if _BAR.search(cell) else cell.split("\n")


def join_examples(examples: Iterable[str]) -> str | None:
    """The cell that `split_examples` reads as these; None if an example contains the separator."""
    listed = list(examples)
    if any(_BAR.search(example) for example in listed):
        return None
    joined = " | ".join(listed)
    return f"{joined} |" if len(listed) == 1 and "\n" in joined else joined


def tidy(text: str) -> str:
    """LF line ends, no outer white space."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
