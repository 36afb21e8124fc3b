"""`suggester suggest`: codes for uncoded passages."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suggester.cli.options import HERE, JsonOption, OverwriteOption, ProjectOption
from suggester.cli.output import print_json, progress_bars, say, say_bold, say_wrapped, warn
from suggester.domain import Basis, Verdict, counted

if TYPE_CHECKING:
    from suggester.domain import PassageSuggestions

_PASSAGE_CHARACTERS = 220
_EVIDENCE_CHARACTERS = 110
_BASIS = {
    Basis.SIMILARITY: " (by similarity alone)",
    Basis.DEFINITION: " (by its definition alone)",
    Basis.STARTING: " (mostly by the starting model)",
}


def suggest(
    transcripts: Annotated[
        list[str] | None, typer.Argument(help="Only these transcripts; else all that nobody has finished.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write all suggestions to this .csv .xlsx .json .jsonl."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Without hand codings: a model that comes with the program ('wellbeing-checklist'), or "
            "'definitions', which goes by your codebook alone."
        ),
    ] = None,
    interviewers: Annotated[
        bool, typer.Option("--interviewers", help="For interviewers' passages too; else participants' only.")
    ] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many passages to print.")] = 12,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Suggest codes for uncoded passages.

    Of participants; interviewers' too with --interviewers.
    With probability, heading, and the nearest hand-coded passage as evidence. Prints the passages
    about which the model is surest; a file gets all of them in the order of the text, with a column
    'accept' for you to fill in: 'suggester codings import' takes these rows over.

    Example: suggester suggest -o suggestions.xlsx
    """
    from suggester.files.tables import require_output, write_table
    from suggester.project import Project
    from suggester.report.suggestion_tables import COLUMNS, suggestion_rows

    if output is not None:
        require_output(output, overwrite=overwrite)
    with Project.open(project) as study, progress_bars() as progress:
        report = study.suggest(transcripts or None, model=model, interviewers=interviewers, progress=progress)
    if output is not None:
        write_table(output, COLUMNS, suggestion_rows(report.passages), sheet="Suggestions")
    if report.codebook_changed or report.model_outdated:
        what = "codebook has" if report.codebook_changed else "codings have"
        warn(f"The {what} changed since the model was trained. 'suggester train' brings it up to date.")
    if json:
        print_json(report)
        return
    by_verdict = {v: [item for item in report.passages if item.verdict is v] for v in Verdict}
    suggested = by_verdict[Verdict.SUGGESTED]
    say(
        f"{counted(len(report.passages), 'uncoded passage')}: {len(suggested):,} with suggestions, "
        f"{len(by_verdict[Verdict.NOTHING_FITS]):,} where nothing fits, "
        f"{len(by_verdict[Verdict.TOO_LITTLE]):,} with too little to say."
    )
    surest = sorted(suggested, key=lambda item: -item.suggestions[0].probability)[:limit]
    if surest:
        say(f"The {len(surest)} about which the model is surest:")
    for item in surest:
        _print_passage(item)
    say("")
    if output is not None:
        say(f"Wrote all of them to {output}.")
    elif len(report.passages) > len(surest):
        say("All of them in a file: suggester suggest -o suggestions.xlsx")


def _print_passage(item: "PassageSuggestions") -> None:
    passage = item.passage
    who = f", {passage.speaker}" if passage.speaker else ""
    say("")
    say_bold(f"{passage.transcript}, {passage.start} to {passage.end}{who}")
    say_wrapped(_shortened(passage.text, _PASSAGE_CHARACTERS), indent=2)
    for suggestion in item.suggestions:
        if not suggestion.above_threshold:
            continue
        basis = _BASIS.get(suggestion.basis, "")
        heading = f" [{suggestion.heading}]" if suggestion.heading else ""
        # Never "100%": nothing here is certain.
        say_bold(f"  {min(suggestion.probability, 0.99):4.0%}  {suggestion.code}{basis}{heading}")
        for hit in suggestion.evidence[:1]:
            say_wrapped(f"near {hit.transcript}: {_shortened(hit.text, _EVIDENCE_CHARACTERS)}", indent=8)


def _shortened(text: str, characters: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= characters else words[: characters - 1].rstrip() + "…"
