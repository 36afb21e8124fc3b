"""The hand-coded studies that suggestions are measured on, each read into the same form.

All but the project's own sample study lie in a folder that is no part of the project; see the readers for
what is expected there.
"""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from suggester.corpus import read_cases, read_transcripts
from suggester.domain import Codebook, Coding, Transcript, Unit
from suggester.interop import read_codebook, read_codings
from suggester.passages import contexts, training_set, unitized
from suggester.reports import TrainingSet
from suggester.store import Finished, Unitizing

SAMPLE_STUDY = Path(__file__).parent.parent / "training_data"
CONTEXT_CHARACTERS = 300
MIN_PASSAGES = 8
MOST_PASSAGES = 2000
N_FAMILIES = 8
WELLXPLAIN_ASPECTS = {
    "1": "Physical",
    "2": "Intellectual and vocational",
    "3": "Social",
    "4": "Spiritual and emotional",
}


@dataclass(frozen=True)
class Study:
    """Passages of one study in the order of the text.

    ``codes`` are each passage's own (empty: it was read and carries none), ``groups`` what is held out
    together, ``context`` what came before each passage ("" if nothing did), ``definitions`` by code.
    """

    name: str
    passages: list[str]
    codes: list[set[str]]
    groups: list[str]
    context: list[str]
    definitions: dict[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Changes with anything that figures of the study depend on."""
        digest = hashlib.sha256()
        for row in zip(self.passages, map(sorted, self.codes), self.groups, self.context, strict=True):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def usability(folder: Path) -> tuple[list[Transcript], tuple[Coding, ...], dict[str, str]]:
    """Transcripts, codings (all of which must be placed), and definitions."""
    codebook = read_codebook(folder / "codebook.csv")
    transcripts = [
        read_transcripts(path)[0].transcript for path in sorted((folder / "transcripts").glob("*.txt"))
    ]
    read = read_codings(folder / "codings.csv", transcripts, codebook)
    if read.unplaced:
        raise ValueError(f"{len(read.unplaced)} codings of {folder} could not be placed")
    return transcripts, read.codings, {code.name: code.definition for code in codebook}


def usability_spans(data: Path) -> Study:
    """The coded spans themselves, each with the 300 characters before it as context."""
    transcripts, codings, definitions = usability(data / "usability_interviews")
    texts = {transcript.name: transcript.text for transcript in transcripts}
    codes: dict[tuple[str, int, int], set[str]] = {}
    for coding in codings:
        codes.setdefault((coding.transcript, coding.start, coding.end), set()).add(coding.code)
    spans = sorted(codes)
    return Study(
        "usability interviews, coded spans",
        [texts[name][start:end] for name, start, end in spans],
        [codes[span] for span in spans],
        [name for name, _, _ in spans],
        [texts[name][max(0, start - CONTEXT_CHARACTERS) : start] for name, start, _ in spans],
        definitions,
    )


def usability_passages(data: Path) -> Study:
    """All passages as the program chooses them, coded or not."""
    transcripts, codings, definitions = usability(data / "usability_interviews")
    finished = [Finished(t.name, "coder1") for t in transcripts]
    training = training_set(unitized(transcripts, Unitizing(Unit.WINDOW, 40)), codings, finished)
    return Study(
        "usability interviews, all passages",
        [passage.text for passage in training.passages],
        list(map(set, training.codes)),
        [passage.transcript for passage in training.passages],
        contexts(training.passages),
        definitions,
    )


def double_coded_turns(data: Path, families: bool = False) -> Study:
    """Participants' turns with the consensus coding of an interview, or its first coder's; the
    interviewer's turn before as context. Codes that eight turns or more carry, or the eight commonest
    families of codes."""
    codings: dict[str, dict[tuple[str, str], list[dict[str, str]]]] = {}
    for row in _rows(data / "double_coded_interviews" / "turns.csv"):
        codings.setdefault(row["interview"], {}).setdefault((row["stage"], row["coder"]), []).append(row)
    passages, codes, groups, context = [], [], [], []
    for interview, by_coder in codings.items():
        question = ""
        for row in sorted(by_coder[min(by_coder)], key=lambda r: int(r["turn"])):
            speaker = row["speaker"].casefold()
            if speaker.startswith("interviewr") or "interviewer" in speaker:
                question = row["text"]
                continue
            passages.append(row["text"])
            codes.append({code for code in row["codes"].split("|") if code})
            groups.append(interview)
            context.append(question)
    if families:
        codes = [{family(code) for code in carried} for carried in codes]
        commonest = Counter(name for carried in codes for name in carried).most_common(N_FAMILIES)
        kept = {name for name, _ in commonest}
        return Study(
            "double-coded interviews, families", passages, [c & kept for c in codes], groups, context
        )
    return Study("double-coded interviews, turns", passages, _frequent(codes), groups, context)


def family(code: str) -> str:
    """What stands before the first hyphen; of the codes that head a family, the abbreviation in brackets."""
    bracketed = re.search(r"[\[(](\w+)[\])]", code)
    return bracketed[1] if bracketed else code.split("-")[0]


def multiwd(data: Path) -> Study:
    """Posts with any of six dimensions; the official training and test parts put together."""
    rows = [row for part in ("train", "test") for row in _rows(data / "multiwd" / f"{part}_data.csv")]
    texts = [row.pop("text") for row in rows]
    codes = [{name for name, value in row.items() if value == "1"} for row in rows]
    return _ungrouped("MultiWD, posts", texts, codes)


def wellxplain(data: Path) -> Study:
    """Sentences, each with one of four dimensions."""
    rows = list(_rows(data / "wellxplain" / "dataset_wellnessdimensions.csv"))
    codes = [{WELLXPLAIN_ASPECTS[row["Aspect"]]} for row in rows]
    return _ungrouped("WellXplain, sentences", [row["Text"] for row in rows], codes)


def double_coded_answers(data: Path) -> Study:
    """Survey answers as their primary coder coded them; ``a->b`` counts as itself and as ``a``."""
    rows = [
        row
        for row in _rows(data / "double_coded_answers" / "coded_responses.csv")
        if row["coder"] == "primary"
    ]
    codes = [
        {name for code in row["codes"].split("|") if code for name in _with_parents(code)} for row in rows
    ]
    return Study(
        "double-coded answers",
        [row["text"] for row in rows],
        _frequent(codes),
        [row["response_id"] for row in rows],
        [row["question_text"] for row in rows],
    )


def read_sample_study() -> tuple[list[Transcript], Codebook, TrainingSet, list[str]]:
    """The project's own, invented: its transcripts, its codebook, all participants' turns with the coders'
    codes, and the case of each turn."""
    files = sorted((SAMPLE_STUDY / "transcripts").glob("*.txt"))
    transcripts = [reading.transcript for file in files for reading in read_transcripts(file)]
    codebook = read_codebook(SAMPLE_STUDY / "codebook.csv")
    case_of = {row.transcript: row.case.name for row in read_cases(SAMPLE_STUDY / "cases.csv")}
    codings = [
        coding
        for name in ("codings_first_pass.csv", "codings_second_pass.csv")
        for coding in read_codings(SAMPLE_STUDY / name, transcripts, codebook).codings
    ]
    finished = [Finished(transcript.name, "coders") for transcript in transcripts]
    turns = training_set(unitized(transcripts, Unitizing(Unit.TURN, 40)), codings, finished, codebook)
    return transcripts, codebook, turns, [case_of[passage.transcript] for passage in turns.passages]


def sample_study(_: Path) -> Study:
    """Its turns, with what comes from one group held out together."""
    _transcripts, codebook, turns, cases = read_sample_study()
    return Study(
        "sample study, turns",
        [passage.text for passage in turns.passages],
        list(map(set, turns.codes)),
        cases,
        contexts(turns.passages),
        {code.name: code.definition for code in codebook},
    )


STUDIES: dict[str, Callable[[Path], Study]] = {
    "usability_spans": usability_spans,
    "usability_passages": usability_passages,
    "turns": double_coded_turns,
    "turn_families": partial(double_coded_turns, families=True),
    "multiwd": multiwd,
    "wellxplain": wellxplain,
    "answers": double_coded_answers,
    "sample": sample_study,
}


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _ungrouped(name: str, texts: list[str], codes: list[set[str]]) -> Study:
    """At most 2,000 of them, drawn once for all; each distinct text is its own group."""
    n = min(MOST_PASSAGES, len(texts))
    rows = np.sort(np.random.default_rng(0).permutation(len(texts))[:n])
    chosen = [texts[i] for i in rows]
    return Study(name, chosen, [codes[i] for i in rows], chosen, [""] * n)


def _with_parents(code: str) -> list[str]:
    parts = code.split("->")
    return ["->".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _frequent(codes: list[set[str]]) -> list[set[str]]:
    counts = Counter(code for carried in codes for code in carried)
    return [{code for code in carried if counts[code] >= MIN_PASSAGES} for carried in codes]
