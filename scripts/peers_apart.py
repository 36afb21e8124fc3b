"""Peers that need packages of their own: run by another Python, in a folder that is thrown away.

Texts go in as JSON, arrays as NPY, and scores come back as NPY (`peer_process.py`).
"""

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from protocol import Passages, Predictions, Training
from suggester.learn.encoders import Encoder, SentenceEncoder

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-peers" / "bin" / "python"


def predict_apart(peer: str, training: Training, test: Passages, _encoder: Encoder, seed: int) -> Predictions:
    """What the peer of that name predicts; `scripts/setup peers` installs what it needs.

    Raises
    ------
    FileNotFoundError
        The peers' environment is not there.
    RuntimeError
        The peer failed.
    """
    # Set where the environment is kept elsewhere.
    python = os.environ.get("PEERS_PYTHON", str(PYTHON))
    seen = np.flatnonzero(training.targets.any(axis=0))
    known = training.passages
    task = {
        "seed": seed,
        "encoder": str(SentenceEncoder().folder),
        "training": known.texts,
        "training_context": known.context,
        "test": test.texts,
        "test_context": test.context,
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        np.save(folder / "targets.npy", training.targets[:, seen])
        np.save(folder / "training_vectors.npy", known.vectors)
        np.save(folder / "test_vectors.npy", test.vectors)
        command = [python, str(Path(__file__).with_name("peer_process.py")), peer, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{peer} failed:\n{done.stderr[-2000:]}")
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        scores = np.zeros((len(test.texts), len(training.codes)))
        chosen = np.zeros(scores.shape, np.bool_)
        scores[:, seen] = np.load(folder / "scores.npy", allow_pickle=False)
        chosen[:, seen] = np.load(folder / "chosen.npy", allow_pickle=False)
    return Predictions(
        scores,
        chosen,
        about["seconds_training"],
        about["seconds_predicting"],
        versions=about["versions"],
    )
