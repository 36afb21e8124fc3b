"""`suggester train`: learn from the hand codings."""

from pathlib import Path
from typing import Annotated

import typer

from suggester.cli.options import HERE, JsonOption, OverwriteOption, ProjectOption
from suggester.cli.output import print_json, print_table, progress_bars, say, warn
from suggester.domain import counted

_NAMED = 8
_RESTS_ON = {
    "none": "Those with examples are suggested by similarity alone.",
    "definitions": "They are suggested by their definitions and the examples there are.",
}
_RESTS_ON_A_MODEL = "Those that the starting model knows are suggested by what it knows."


def train(
    encoder: Annotated[
        str, typer.Option(help="'default', or the folder of a sentence-transformers model.")
    ] = "default",
    start: Annotated[
        str,
        typer.Option(
            "--from",
            help="What to start from: a model that comes with the program, 'definitions', 'none', or 'auto'.",
        ),
    ] = "auto",
    read_around: Annotated[
        bool | None,
        typer.Option(
            "--read-around/--read-alone",
            help="Whether to read passages with the text around them as well: better, but it takes three "
            "times as long. Without either: in studies of up to 4,000 passages.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write the figures per code to this .csv .xlsx .json .jsonl."),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    project: ProjectOption = HERE,
) -> None:
    """Learn from the hand codings.

    Ends with how well the model does on transcripts that it has not seen.

    Example: suggester train
    """
    from suggester.files.tables import require_output, write_table
    from suggester.project import Project
    from suggester.report.quality_tables import COLUMNS, figure_text, quality_rows

    if output is not None:
        require_output(output, overwrite=overwrite)
    with Project.open(project) as study, progress_bars() as progress:
        report = study.train(encoder, start=start, read_around=read_around, progress=progress)
    quality = report.quality
    if output is not None and quality is None:
        warn(f"'{output}' was not written: there are no figures on held-out transcripts.")
    if output is not None and quality is not None:
        write_table(output, COLUMNS, quality_rows(quality), sheet="Held-out figures")
    if json:
        print_json(report)
        return
    say(
        f"Trained on {counted(report.n_passages, 'passage')} ({report.n_coded:,} coded) of "
        f"{counted(report.n_transcripts, 'transcript')}, codebook version {report.codebook_version}."
    )
    if report.started_from not in ("none", "definitions"):
        say(f"Started from the model '{report.started_from}', to which your codings add.")
    if not report.read_around and read_around is None:
        say(
            "Passages were read by themselves, as there are many. Suggestions get somewhat better, and "
            "encoding takes three times as long, with: suggester train --read-around"
        )
    if report.n_complete < report.n_transcripts:
        warn(
            f"Marked as finished: {report.n_complete} of {counted(report.n_transcripts, 'transcript')}. In "
            "the others an uncoded passage is unknown: it trains nothing, so the model knows less of what "
            "gets no code. With fewer than two finished, probabilities are ranks and no more, and too much "
            "is suggested. Mark what is coded throughout: suggester codings finish"
        )
    if report.interviewer_included:
        say("Interviewers' passages take part, because some of them are coded.")
    if report.unused_codings:
        say(f"Outside every passage, and not used: {counted(report.unused_codings, 'coding')}.")
    held_out = "case" if report.by_case else "transcript"
    if quality is None:
        warn(f"No figures on held-out transcripts: {report.quality_undefined_because}.")
    else:
        print_table(
            f"On held-out {held_out}s ({quality.n_folds} folds), with 95 % intervals by {held_out}",
            ["Code", "n", "Tr.", "Precision", "Recall", "Avg. prec."],
            [
                [
                    c.code if c.code not in report.too_few else f"{c.code} *",
                    str(c.n_passages),
                    str(c.n_transcripts),
                    figure_text(c.precision),
                    figure_text(c.recall),
                    figure_text(c.average_precision),
                ]
                for c in quality.codes
            ],
            numbers=[1, 2],
        )
        say("Of passages that carry a code:")
        say(f"  the first suggestion is one of the coder's:   {figure_text(quality.precision_at_1)}")
        say(f"  the coder's codes among the first three:      {figure_text(quality.recall_at_3)}")
        unknown = quality.macro_f1.undefined_because
        say(f"Over all passages{f': undefined, {unknown}.' if unknown else ' of finished transcripts:'}")
        if quality.macro_f1.estimate is not None:
            say(f"  F1 per code, on average:                      {figure_text(quality.macro_f1)}")
            average = figure_text(quality.macro_average_precision)
            say(f"  average precision per code, on average:       {average}")
    if report.too_few:
        named = ", ".join(report.too_few[:_NAMED]) + (", ..." if len(report.too_few) > _NAMED else "")
        say(
            f"Too few examples to be learned from your codings alone (fewer than 5, or in one transcript or "
            f"case): {counted(len(report.too_few), 'code')} ({named}). "
            f"{_RESTS_ON.get(report.started_from, _RESTS_ON_A_MODEL)}"
        )
    say("Next: suggester suggest")
