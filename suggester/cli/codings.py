"""`suggester codings`: hand codings in and out, and which transcripts are finished."""

from pathlib import Path
from typing import Annotated

import typer

from suggester.cli.options import (
    HERE,
    ColumnOption,
    EncodingOption,
    JsonOption,
    OverwriteOption,
    ProjectOption,
    pairs_of,
)
from suggester.cli.output import print_json, print_table, progress_bars, say, warn
from suggester.domain import Obstacle, counted

app = typer.Typer(help="Import or export hand codings.", no_args_is_help=True)
_LISTED = 20
_BOUNDARIES = 0.8
_ADVICE = {
    Obstacle.QUOTE: "Quotes: make each longer until it occurs once, or give its start and end.",
    Obstacle.CODE: "Codes: correct the name, or add the code: suggester codebook import FILE",
    Obstacle.TRANSCRIPT: "Transcripts: correct the name (suggester transcripts), or import the file.",
    Obstacle.OFFSETS: "Offsets: they count characters of the text in the study, from 0. "
    "Correct them, or give the quote.",
    Obstacle.CELL: "Other cells: fill in or correct what the reason names.",
}


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Codings: .csv .xlsx .json .jsonl")],
    coder: Annotated[str | None, typer.Option(help="Who coded, where the table does not say.")] = None,
    finished: Annotated[
        bool,
        typer.Option("--finished", help="The coders have finished the transcripts in this table."),
    ] = False,
    unplaced: Annotated[
        Path | None, typer.Option(help="Write the rows that could not be placed to this .csv or .xlsx.")
    ] = None,
    overwrite: OverwriteOption = False,
    column: ColumnOption = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Import hand codings, placed by offsets (start, end) or by their quoted text.

    Columns: transcript, code, coder, and start and end (characters, end not included) or text. A quote
    that is found twice or nowhere is listed, not placed. Importing again adds only what is new. Of a
    table that 'suggester suggest -o' wrote, the rows whose cell 'accept' is filled in are taken.

    Example: suggester codings import codings.xlsx --coder Anna --finished
    """
    from suggester.files.tables import require_output, write_table
    from suggester.project import Project

    if unplaced is not None:
        require_output(unplaced, overwrite=overwrite)
    with Project.open(project) as study, progress_bars() as progress:
        progress("Placing codings", 0, 1)
        report = study.import_codings(
            file, coder=coder, columns=pairs_of(column, "--column"), encoding=encoding, finished=finished
        )
    columns = ["row", "transcript", "code", "coder", "reason"]
    obstacles = {u.obstacle for u in report.unplaced}
    rows = [[str(u.row), u.transcript, u.code, u.coder, u.reason] for u in report.unplaced]
    if unplaced is not None:
        write_table(unplaced, columns, rows, sheet="Not placed")
    if json:
        print_json(report)
    else:
        batch = f" (import {report.batch})" if report.batch else ""
        say(f"{counted(report.added, 'coding')} added{batch}, {report.already} were there already.")
        if report.accepted is not None:
            say(
                f"Accepted suggestions: {counted(report.accepted, 'row')}. Their codings are marked as "
                "assisted: no agreement is computed on them, for the coder had seen what the model says."
            )
        say(f"Placed by offsets: {report.by_offsets}, by quote: {report.by_quote}.")
        if report.finished:
            marked = counted(report.finished, "transcript")
            say(f"Marked as finished: {marked}, by {', '.join(report.coders)}.")
        if rows:
            print_table(f"Not placed: {counted(len(rows), 'row')}", columns, rows[:_LISTED], numbers=[0])
            if len(rows) > _LISTED:
                how = "" if unplaced else "; --unplaced FILE writes them all"
                say(f"... and {len(rows) - _LISTED} more{how}.")
            for advice in (text for obstacle, text in _ADVICE.items() if obstacle in obstacles):
                say(advice)
            say("Then import the table again: only what is new is added.")
            if report.finished:
                warn(
                    "Until then these passages count as uncoded, in transcripts that are marked as finished."
                )
        if unplaced is not None:
            say(f"Wrote {counted(len(rows), 'row')} that could not be placed to {unplaced}.")
    if report.unused_coder:
        warn(f"--coder {report.unused_coder} was not used: the table names its coders itself.")
    if report.boundary_share is not None and report.boundary_share < _BOUNDARIES:
        warn(
            f"Only {report.boundary_share:.0%} of the codings start and end at the edge of a word: the "
            "offsets may belong to another text. Compare a few, and if they are wrong take them back with "
            f"'suggester codings undo {report.batch}' and import them by quote."
        )
    if rows and not report.added and not report.already:
        raise typer.Exit(2)


@app.command("list")
def list_(json: JsonOption = False, project: ProjectOption = HERE) -> None:
    """List the imports of codings.

    Example: suggester codings list
    """
    from suggester.project import Project

    with Project.open(project) as study:
        batches = study.coding_batches()
    if json:
        print_json(batches)
        return
    print_table(
        "Imports of codings",
        ["Import", "When (UTC)", "From", "Added", "Still there"],
        [[str(b.number), f"{b.at:%Y-%m-%d %H:%M}", b.source, str(b.added), str(b.current)] for b in batches],
        numbers=[0, 3, 4],
    )


@app.command()
def undo(
    batch: Annotated[int, typer.Argument(help="The number that the import gave.")],
    project: ProjectOption = HERE,
) -> None:
    """Take back one import of codings. Nothing is erased: the removal is recorded too.

    Example: suggester codings undo 3
    """
    from suggester.project import Project

    with Project.open(project) as study:
        count = counted(study.undo_codings(batch), "coding")
        say(f"{count} taken back, with the finished marks that came with this import.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to: .csv .xlsx .json .jsonl")],
    coder: Annotated[str | None, typer.Option(help="Only this coder's.")] = None,
    overwrite: OverwriteOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Write the codings with offsets and text to a file.

    Example: suggester codings export codings.csv
    """
    from suggester.project import Project

    with Project.open(project) as study:
        number = study.export_codings(file, coder=coder, overwrite=overwrite)
    say(f"Wrote {counted(number, 'coding')} to {file}.")


@app.command()
def finish(
    transcripts: Annotated[
        list[str] | None, typer.Argument(help="Names of transcripts, or a table with --table.")
    ] = None,
    coder: Annotated[str | None, typer.Option(help="Who has finished them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All transcripts of the study.")] = False,
    not_finished: Annotated[bool, typer.Option("--not", help="They are not finished after all.")] = False,
    table: Annotated[
        Path | None, typer.Option(help="Table with columns transcript and coder, in place of names.")
    ] = None,
    project: ProjectOption = HERE,
) -> None:
    """Say which transcripts a coder has finished: what they left uncoded there then counts as "no code".

    Example: suggester codings finish P1 P2 P3 --coder Anna
    """
    from suggester.project import Project

    what = "not finished" if not_finished else "finished"
    with Project.open(project) as study:
        if table is not None:
            if transcripts or every or coder:
                raise typer.BadParameter("a --table names transcripts and coders itself")
            for name, count in study.finish_from(table, not not_finished).items():
                say(f"{counted(count, 'transcript')} marked as {what} by {name}.")
            return
        names = [t.name for t in study.transcripts()] if every else transcripts or []
        if not names or not coder:
            raise typer.BadParameter("name transcripts (or --all) and --coder, or a --table")
        coder = study.finish(names, coder, not not_finished)
        say(f"{counted(len(names), 'transcript')} marked as {what} by {coder}.")
