"""`suggester codebook`: the codebook in, out and on screen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from suggester.cli.options import HERE, JsonOption, OverwriteOption, ProjectOption, pairs_of
from suggester.cli.output import print_json, print_table, say
from suggester.domain import counted

if TYPE_CHECKING:
    from suggester.reports import CodebookReport

app = typer.Typer(help="Import, show or export the codebook.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Codebook: .csv .xlsx .json .yaml")],
    note: Annotated[str, typer.Option(help="Why it changed, for the record.")] = "",
    rename: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="A code's new name; its codings go with it (may be repeated)."),
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Let codes go that are in use; their codings stay, unused.")
    ] = False,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Import a codebook. If it differs from the current one it becomes a new version.

    Columns: name, heading, level, definition, include, exclude, examples, borderline, near_misses (only
    name is needed). Borderline examples count as the code, near misses do not.

    Example: suggester codebook import codebook.xlsx
    """
    from suggester.project import Project

    with Project.open(project) as study:
        report = study.import_codebook(file, note, renamed=pairs_of(rename, "--rename"), drop=drop)
    if json:
        print_json(report)
        return
    under = f" under {counted(report.headings, 'heading')}" if report.headings else ""
    say(f"Codebook version {report.version}: {counted(report.codes, 'code')}{under}; {_changes(report)}.")
    for before, after in report.renamed:
        say(f"  renamed: {before} -> {after}")
    for what, names in (("new", report.new), ("changed", report.changed), ("dropped", report.dropped)):
        if names and report.version > 1:
            say(f"  {what}: {', '.join(names)}")


@app.command()
def show(
    version: Annotated[int | None, typer.Option(help="An earlier version.")] = None,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Show the codebook.

    Example: suggester codebook show
    """
    from suggester.project import Project

    with Project.open(project) as study:
        codebook = study.codebook(version)
    if json:
        print_json(codebook)
        return
    print_table(
        f"Codebook, version {codebook.version}",
        ["Heading", "Code", "Level", "Definition"],
        [[code.heading, code.name, code.level, code.definition] for code in codebook],
    )


@app.command()
def versions(json: JsonOption = False, project: ProjectOption = HERE) -> None:
    """List the versions of the codebook.

    Example: suggester codebook versions
    """
    from suggester.project import Project

    with Project.open(project) as study:
        found = study.codebook_versions()
    if json:
        print_json(found)
        return
    print_table(
        "Versions of the codebook",
        ["Version", "When (UTC)", "From", "Codes", "Note"],
        [[str(v.number), f"{v.created:%Y-%m-%d %H:%M}", v.source, str(v.codes), v.note] for v in found],
        numbers=[0, 3],
    )


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to: .csv .xlsx .json .yaml")],
    overwrite: OverwriteOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Write the codebook to a file.

    Example: suggester codebook export codebook.csv
    """
    from suggester.project import Project

    with Project.open(project) as study:
        study.export_codebook(file, overwrite=overwrite)
    say(f"Wrote {file}.")


def _changes(report: "CodebookReport") -> str:
    if report.unchanged:
        return "unchanged"
    kept = f" ({counted(report.unused_codings, 'coding')} kept, unused)" if report.unused_codings else ""
    parts = [
        f"{len(report.new)} new" if report.new else "",
        f"{len(report.renamed)} renamed" if report.renamed else "",
        f"{len(report.dropped)} dropped{kept}" if report.dropped else "",
        f"{len(report.changed)} changed" if report.changed else "",
    ]
    return ", ".join(part for part in parts if part) or "in another order"
