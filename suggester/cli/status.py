"""`suggester status`: where the study stands."""

from suggester.cli.options import HERE, JsonOption, ProjectOption
from suggester.cli.output import print_json, print_table, say
from suggester.domain import counted


def status(json: JsonOption = False, project: ProjectOption = HERE) -> None:
    """Show where the study stands.

    What it holds, who has coded what, and what to do next.

    Example: suggester status
    """
    from suggester.project import Project

    with Project.open(project) as study:
        found = study.status()
    if json:
        print_json(found)
        return
    say(f"Study '{found.name}' in {found.folder}")
    held = [(found.transcripts, "transcript"), (found.words, "word"), (found.passages, "passage")]
    say(f"{', '.join(counted(number, what) for number, what in held)} ({found.unit})")
    if found.cases:
        say(f"{counted(found.cases, 'case')}")
    if found.coders:
        print_table(
            "Coders",
            ["Coder", "Codings", "Transcripts", "Finished"],
            [[c.coder, str(c.codings), str(c.transcripts), str(c.finished)] for c in found.coders],
            numbers=[1, 2, 3],
        )
    if found.codes:
        print_table(
            f"Codes (codebook version {found.codebook_version})",
            ["Heading", "Code", "Codings", "Transcripts"],
            [[c.heading, c.code, str(c.codings), str(c.transcripts)] for c in found.codes],
            numbers=[2, 3],
        )
    if found.model and found.model_trained:
        say(f"Model {found.model}, trained {found.model_trained:%Y-%m-%d %H:%M} UTC")
    for removal in found.removals:
        say(f"Removed on {removal.at:%Y-%m-%d}: {removal.name} ({removal.reason})")
    say(f"Next: {found.next_step}")
