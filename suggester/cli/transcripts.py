"""`suggester transcripts`: the transcripts at a glance."""

from suggester.cli.options import HERE, JsonOption, ProjectOption
from suggester.cli.output import print_json, print_table


def transcripts(json: JsonOption = False, project: ProjectOption = HERE) -> None:
    """List the transcripts.

    With case, length, interviewers, who has finished them, and how many codings they have.

    Example: suggester transcripts
    """
    from suggester.project import Project

    with Project.open(project) as study:
        found = study.transcript_summaries()
    if json:
        print_json(found)
        return
    print_table(
        "Transcripts",
        ["Transcript", "Case", "Words", "Turns", "Interviewers", "Finished by", "Codings"],
        [
            [
                t.name,
                t.case or "-",
                str(t.words),
                str(t.turns),
                ", ".join(t.interviewers) or "-",
                ", ".join(t.finished_by) or "-",
                str(t.codings),
            ]
            for t in found
        ],
        numbers=[2, 3, 6],
    )
