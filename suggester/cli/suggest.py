"""`suggester suggest`: codes for uncoded passages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suggester.cli.options import HERE, JsonOption, ProjectOption
from suggester.cli.output import print_json, print_table, progress_bars, say, warn
from suggester.domain import Basis, Verdict

if TYPE_CHECKING:
    from suggester.domain import PassageSuggestions

_PASSAGE_CHARACTERS = 220
_EVIDENCE_CHARACTERS = 110


def suggest(
    transcripts: Annotated[
        list[str] | None, typer.Argument(help="Only these transcripts; else all that nobody has finished.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write all suggestions to this .csv .xlsx .json .jsonl."),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many passages to print.")] = 12,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Suggest sub-categories for uncoded passages, with probability and evidence.

    Prints the passages about which the model is surest; a file gets all of them in the order of the text.

    Example: suggester suggest -o suggestions.xlsx
    """
    from suggester.files.tables import write_table
    from suggester.project import Project
    from suggester.report.suggestion_tables import COLUMNS, suggestion_rows

    with Project.open(project) as study, progress_bars() as progress:
        report = study.suggest(transcripts or None, progress=progress)
    if output is not None:
        write_table(output, COLUMNS, suggestion_rows(report.passages))
    if report.model_outdated:
        warn("The codings have changed since the model was trained. 'suggester train' brings it up to date.")
    if json:
        print_json(report)
        return
    by_verdict = {v: [item for item in report.passages if item.verdict is v] for v in Verdict}
    suggested = by_verdict[Verdict.SUGGESTED]
    say(
        f"{len(report.passages):,} uncoded passages: {len(suggested):,} with suggestions, "
        f"{len(by_verdict[Verdict.NOTHING_FITS]):,} where nothing fits, "
        f"{len(by_verdict[Verdict.TOO_LITTLE]):,} with too little to say."
    )
    surest = sorted(suggested, key=lambda item: -item.suggestions[0].probability)[:limit]
    if surest:
        print_table(
            f"The {len(surest)} surest",
            ["Where", "Passage", "Suggestions", "Nearest hand-coded passage"],
            [_cells(item) for item in surest],
        )
    if output is not None:
        say(f"Wrote all of them to {output}.")
    elif len(report.passages) > len(surest):
        say("All of them in a file: suggester suggest -o suggestions.xlsx")


def _cells(item: "PassageSuggestions") -> list[str]:
    where = f"{item.passage.transcript}\n{item.passage.start}-{item.passage.end}"
    if item.passage.speaker:
        where += f"\n{item.passage.speaker}"
    shown = [s for s in item.suggestions if s.above_threshold]
    names = [
        f"{s.probability:.0%} {s.code}" + (" (similarity)" if s.basis is Basis.SIMILARITY else "")
        for s in shown
    ]
    evidence = shown[0].evidence
    near = (
        f"{_shortened(evidence[0].text, _EVIDENCE_CHARACTERS)}\n({evidence[0].transcript})"
        if evidence
        else ""
    )
    return [where, _shortened(item.passage.text, _PASSAGE_CHARACTERS), "\n".join(names), near]


def _shortened(text: str, characters: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= characters else words[: characters - 1].rstrip() + "…"
