"""What a new codebook does to codes that are in use."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from suggester.domain import Code, Codebook, Coding, counted, folded
from suggester.errors import CodebookError
from suggester.reports import CodebookReport

_NAMED = 5


def with_renamed(old: Codebook, new: Codebook, renamed: Mapping[str, str]) -> Codebook:
    """The new codebook, its renamed codes being the old ones by another name.

    Raises
    ------
    CodebookError
        An old name is not in the old codebook, or a new one not in the new.
    """
    guids: dict[str, str] = {}
    for before, after in renamed.items():
        was, becomes = old.find(before), new.find(after)
        if was is None or becomes is None:
            lacking = (
                "the current codebook has no such code" if was is None else "the new one has no such code"
            )
            raise CodebookError(
                f"'{before}' cannot become '{after}': {lacking}",
                remedy="Give the old name and then the new one, as they stand in the codebooks.",
            )
        guids[folded(becomes.name)] = was.guid
    return Codebook(tuple(replace(code, guid=guids.get(folded(code.name), code.guid)) for code in new))


def changes(old: Codebook | None, new: Codebook, codings: Iterable[Coding]) -> CodebookReport:
    """What a codebook as the study has stored it changed; ``codings`` are all of the study."""
    was = {code.guid: code for code in old or ()}
    now = {code.guid for code in new}
    dropped = [code.name for code in old or () if code.guid not in now]
    counts = Counter(folded(coding.code) for coding in codings)
    stayed = [(was[code.guid], code) for code in new if code.guid in was]
    return CodebookReport(
        version=new.version,
        codes=len(new),
        headings=len(new.headings),
        unchanged=old is not None and old.version == new.version,
        new=tuple(code.name for code in new if code.guid not in was),
        renamed=tuple((before.name, code.name) for before, code in stayed if before.name != code.name),
        changed=tuple(code.name for before, code in stayed if replace(before, name=code.name) != code),
        dropped=tuple(dropped),
        unused_codings=sum(counts[folded(name)] for name in dropped),
    )


def by_todays_names(then: Codebook, now: Codebook) -> dict[str, Code]:
    """The code of today for each name of an earlier version; codes that have left are not there.

    A code is known by its guid: two that have changed names are not mixed up.
    """
    today = {code.guid: code for code in now}
    return {code.name: today[code.guid] for code in then if code.guid in today}


def codes_came_or_went(then: Codebook, now: Codebook) -> bool:
    """Whether there are codes in one of them that the other lacks; a new name does not count."""
    return {code.guid for code in then} != {code.guid for code in now}


def require_codes_in_use(old: Codebook, new: Codebook, codings: Iterable[Coding], file: Path) -> None:
    """Refuse a codebook that leaves out codes in use.

    Raises
    ------
    CodebookError
        Names the codes, and how many codings they have.
    """
    kept = {code.guid for code in new if code.guid}
    gone = [code.name for code in old if code.guid not in kept and new.find(code.name) is None]
    counts = Counter(folded(coding.code) for coding in codings)
    used = [name for name in gone if counts[folded(name)]]
    if used:
        listed = ", ".join(f"'{name}'" for name in used[:_NAMED]) + (", ..." if len(used) > _NAMED else "")
        total = sum(counts[folded(name)] for name in used)
        raise CodebookError(
            f"codes that are in use ({counted(total, 'coding')}) are not in it: {listed}",
            file=file,
            remedy="If they have new names say --rename 'OLD=NEW'; if they are to go, --drop.",
        )
