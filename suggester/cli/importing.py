"""`suggester import`: transcripts into the study."""

from pathlib import Path
from typing import Annotated

import typer

from suggester.cli.options import HERE, ColumnOption, EncodingOption, JsonOption, ProjectOption, pairs_of
from suggester.cli.output import print_json, print_table, progress_bars, say, warn
from suggester.domain import natural_key


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Transcripts: .docx .odt .rtf .txt .pdf .vtt .srt .csv .xlsx")
    ],
    interviewer: Annotated[
        list[str] | None,
        typer.Option(help="Label or name of an interviewer, as in: --interviewer INT (may be repeated)."),
    ] = None,
    cases: Annotated[
        Path | None, typer.Option(help="Table with columns transcript, case, and one per variable.")
    ] = None,
    case_pattern: Annotated[
        str | None,
        typer.Option(help="Regular expression that finds the case in the name, as in: '(?P<case>[^-]+)-'"),
    ] = None,
    column: ColumnOption = None,
    encoding: EncodingOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace transcripts whose text has changed and has no codings.")
    ] = False,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Import transcripts.

    What was imported before is recognised and left as it is.

    Example: suggester import interviews/*.docx --interviewer INT --cases cases.xlsx
    """
    from suggester.corpus import ReadingOptions
    from suggester.project import Project

    options = ReadingOptions(
        encoding=encoding,
        interviewer=tuple(interviewer or ()),
        columns=pairs_of(column, "--column"),
        case_pattern=case_pattern,
    )
    with Project.open(project) as study, progress_bars() as progress:
        report = study.import_transcripts(files, options, cases=cases, replace=replace, progress=progress)
    if json:
        print_json(report)
    else:
        brought = sorted(report.transcripts, key=lambda t: natural_key(t.name))
        rows = [
            [t.name, t.outcome, str(t.turns), str(t.words), ", ".join(t.interviewer) or "-", t.layout]
            for t in brought
        ]
        if rows:
            columns = ["Transcript", "", "Turns", "Words", "Interviewer", "Speakers told by"]
            print_table("Transcripts", columns, rows, numbers=[2, 3])
        for t in brought:
            if t.guessed:
                warn(f"{t.name}: {t.why}. Name the interviewer with --interviewer if that is wrong.")
            for note in t.notes:
                warn(f"{t.name}: {note}")
        if report.cases:
            say(f"Cases with their variables: {report.cases}.")
    for refused in report.refused:
        warn(f"Not imported: {refused.reason}")
    if report.refused:
        raise typer.Exit(2)
