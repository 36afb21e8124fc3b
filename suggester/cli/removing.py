"""`suggester remove`: a transcript out of the study for good."""

from typing import Annotated

import typer

from suggester.cli.options import HERE, JsonOption, ProjectOption
from suggester.cli.output import print_json, say, warn
from suggester.domain import counted


def remove(
    transcript: Annotated[str, typer.Argument(help="Name of the transcript.")],
    reason: Annotated[str, typer.Option(help="Why, for the record: 'consent withdrawn'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Delete a transcript for good, with all codings and suggestions in it. It cannot be undone.

    For consent that was withdrawn. All trained models and the cache go too, for they may hold traces of it.
    Files that were exported earlier, and tables of suggestions that quote it, are yours to delete.

    Example: suggester remove "Interview 7" --reason "consent withdrawn"
    """
    from suggester.project import Project

    with Project.open(project) as study:
        name = study.removable(transcript, reason)
        if not yes:
            typer.confirm(f"Delete '{name}' and every coding in it for good?", abort=True, err=True)
        report = study.remove_transcript(name, reason)
    if json:
        print_json(report)
        return
    codings, models = counted(report.codings, "coding"), counted(report.models, "model")
    say(f"Deleted '{report.transcript}' with {codings}, and {models}.")
    for backup in report.backups:
        warn(f"The backup '{backup}' still holds it: delete that file yourself.")
    say(
        "Files exported earlier, and tables of suggestions that quote it, are not touched: "
        "delete them yourself."
    )
    say("Next: suggester train")
