"""How long the commands take, as ratios within one run, and how much memory.

    python scripts/benchmark_speed.py [--output scripts/benchmarks/speed] [--transcripts 40] [--passages 250]

Makes a study of 40 transcripts and 10,000 passages out of the sample study's sentences in a temporary
folder, two thirds of it hand-coded, and runs the real commands on it, each as a process of its own:
- `suggester --help` against `python -c "import typer"`;
- import + codings + train + suggest against encoding the distinct passages (the mean of a run before and
  one after);
- a second suggest, which must encode nothing and load no torch;
- the peak memory of the largest of these processes.
"""

import argparse
import csv
import json
import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from suggester import Project
from suggester.passages import unitized

DATA = Path(__file__).parent.parent / "training_data"
SUGGESTER = Path(sys.executable).parent / "suggester"
LIMITS = {"help": 3.0, "pipeline": 1.15, "memory_gb": 1.5}

ENCODE = """
import json, sys
from suggester.learn.encoders import SentenceEncoder
from sentence_transformers import SentenceTransformer
texts = json.load(open(sys.argv[1], encoding="utf-8"))
SentenceTransformer(str(SentenceEncoder().folder), device="cpu").encode(texts, show_progress_bar=False)
"""
LOADED = """
import sys
from suggester.cli.main import app
app(sys.argv[1:], standalone_mode=False)
print("torch" in sys.modules, file=sys.stderr)
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, help="write OUTPUT.md and OUTPUT.json")
    parser.add_argument("--transcripts", type=int, default=40)
    parser.add_argument("--passages", type=int, default=250, help="participants' passages in each transcript")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), arguments.transcripts, arguments.passages)
    lines = report(results)
    print("\n".join(lines))
    if arguments.output:
        arguments.output.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        text = json.dumps(results, indent=1) + "\n"
        arguments.output.with_suffix(".json").write_text(text, encoding="utf-8")


def measure(folder: Path, transcripts: int, passages: int) -> dict[str, float | int | bool]:
    """Run everything once (the help eleven times), in seconds and gigabytes."""
    typer = statistics.median(timed([sys.executable, "-c", "import typer"]) for _ in range(11))
    helped = statistics.median(timed([SUGGESTER, "--help"]) for _ in range(11))

    files = write_study(folder / "files", transcripts, passages)
    study = folder / "study"
    timed([SUGGESTER, "init", study])
    steps = {"import": timed([SUGGESTER, "import", *files, "-p", study])}
    steps["codebook"] = timed([SUGGESTER, "codebook", "import", DATA / "codebook.csv", "-p", study])
    distinct = write_codings(study, folder / "codings.csv", files[: 2 * len(files) // 3])
    steps["codings"] = timed(
        [SUGGESTER, "codings", "import", folder / "codings.csv", "--finished", "-p", study]
    )
    (folder / "texts.json").write_text(json.dumps(distinct), encoding="utf-8")
    # Before and after, as the speed of a machine drifts.
    encoding = timed([sys.executable, "-c", ENCODE, folder / "texts.json"])
    steps["train"] = timed([SUGGESTER, "train", "-p", study])
    steps["suggest"] = timed([SUGGESTER, "suggest", "-o", folder / "all.csv", "-p", study])
    encoding = (encoding + timed([sys.executable, "-c", ENCODE, folder / "texts.json"])) / 2
    again = subprocess.run(
        [sys.executable, "-c", LOADED, "suggest", "--json", "-p", study],
        capture_output=True,
        check=True,
        text=True,
    )
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    return {
        "typer": typer,
        "help": helped,
        "passages": len(distinct),
        "encoding": encoding,
        **steps,
        "pipeline": sum(steps.values()),
        "warm_suggest_encoded": int(json.loads(again.stdout)["encoded"]),
        "warm_suggest_loads_torch": again.stderr.strip().endswith("True"),
        "memory_gb": memory,
    }


def timed(command: list[object]) -> float:
    """Wall seconds of a command that must succeed."""
    begun = time.perf_counter()
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return time.perf_counter() - begun


def write_study(folder: Path, transcripts: int, passages: int) -> list[Path]:
    """Transcripts of questions and answers, shuffled from the sentences of the sample study."""
    draw = random.Random(0)
    sentences = []
    for path in sorted((DATA / "transcripts").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = line.partition(": ")[2]
            sentences += [s for s in re.split(r"(?<=[.!?]) ", said) if len(s.split()) > 3]
    folder.mkdir()
    files = []
    for number in range(transcripts):
        turns = []
        # An answer of some 80 words makes two passages of 40.
        for _ in range(passages // 2):
            turns.append(f"INT: {draw.choice(sentences)}")
            answer: list[str] = []
            while sum(len(s.split()) for s in answer) < 76:
                answer.append(draw.choice(sentences))
            turns.append(f"Anna: {' '.join(answer)}")
        path = folder / f"interview-{number:02}.txt"
        path.write_text("\n\n".join(turns), encoding="utf-8")
        files.append(path)
    return files


def write_codings(study: Path, file: Path, coded: list[Path]) -> list[str]:
    """Code every third participant's passage with one of the 31 codes; return all distinct passages."""
    names = {path.stem for path in coded}
    with Project.open(study) as opened:
        codes = [code.name for code in opened.codebook()]
        passages = [p for p in unitized(opened.transcripts(), opened.store.unitizing) if p.speaker == "Anna"]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["transcript", "start", "end", "code", "coder"])
        for number, p in enumerate(passages):
            if p.transcript in names and number % 3 == 0:
                writer.writerow([p.transcript, p.start, p.end, codes[hash_of(p.text) % len(codes)], "A"])
    return list(dict.fromkeys(p.text for p in passages))


def hash_of(text: str) -> int:
    """The same number for the same text in every run."""
    return sum(text.encode())


def report(r: dict[str, float | int | bool]) -> list[str]:
    """The figures with what is asked of them."""
    packages = ("torch", "sentence-transformers", "scikit-learn", "numpy", "typer", "suggester")
    help_ratio, ratio = r["help"] / r["typer"], r["pipeline"] / r["encoding"]
    steps = ", ".join(
        f"{name} {r[name]:.1f}" for name in ("import", "codebook", "codings", "train", "suggest")
    )
    return [
        "Command: `python scripts/benchmark_speed.py`",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in packages),
        "",
        "| what | measured | at most |",
        "|---|---|---|",
        f"| `suggester --help` / `import typer` | {help_ratio:.2f} ({r['help']:.2f} s / {r['typer']:.2f} s) "
        f"| {LIMITS['help']} |",
        f"| import + codings + train + suggest / encoding {r['passages']:,} distinct passages | {ratio:.2f} "
        f"({r['pipeline']:.0f} s / {r['encoding']:.0f} s) | {LIMITS['pipeline']} |",
        f"| seconds of each step | {steps} | |",
        f"| passages encoded by a second suggest | {r['warm_suggest_encoded']} | 0 |",
        f"| torch loaded by a second suggest | {'yes' if r['warm_suggest_loads_torch'] else 'no'} | no |",
        f"| peak memory of the largest process, GB | {r['memory_gb']:.2f} | {LIMITS['memory_gb']} |",
    ]


if __name__ == "__main__":
    main()
