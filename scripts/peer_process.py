"""One peer's fit and predictions, run by the peers' own Python: ``peer_process.py PEER FOLDER``.

FOLDER holds task.json, targets.npy (n, k), training_vectors.npy and test_vectors.npy; scores.npy and
chosen.npy (m, k) and about.json are put beside them. It imports nothing of this project.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

IQUAL_FOLDS = 3
IQUAL_COSTS = (0.1, 1.0, 10.0)
SETFIT_MOST_STEPS = 100


def main() -> None:
    peer, folder = sys.argv[1], Path(sys.argv[2])
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    for name in ("targets", "training_vectors", "test_vectors"):
        task[name] = np.load(folder / f"{name}.npy", allow_pickle=False)
    scores, chosen, training, predicting = {"iqual": iqual, "setfit": setfit}[peer](task, folder)
    np.save(folder / "scores.npy", np.asarray(scores, np.float64))
    np.save(folder / "chosen.npy", np.asarray(chosen, np.bool_))
    about = {
        "seconds_training": training,
        "seconds_predicting": predicting,
        "versions": {
            name: version(name) for name in (peer, "numpy", "scikit-learn", "sentence-transformers", "torch")
        },
    }
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def iqual(task: dict[str, Any], _: Path) -> tuple[Any, Any, float, float]:
    """iQual 0.1.3 (World Bank; Ashwin et al. 2022, WPS 10046): per code, features of question and answer,
    logistic regression and a threshold for best F1, chosen by cross-validation on F1.

    The classes are its own. Searched are TF-IDF or the sentence vectors for the answer, and three costs. The
    vectors come from our encoder through its "saved-dictionary", which reads them from a pickle: that
    reading alone is replaced. A code with fewer examples than folds is fitted without search.
    """
    import pandas
    from iqual import iqualnlp, vectorizers

    vectors = dict(zip(task["training"], task["training_vectors"], strict=True))
    vectors.update(zip(task["test"], task["test_vectors"], strict=True))
    vectorizers.load_pickle_data = lambda _: vectors
    frames = [
        pandas.DataFrame({"question": task[f"{part}_context"], "answer": task[part]})
        for part in ("training", "test")
    ]
    question = "question" if any(task["training_context"]) else None
    answer = "Input__answer__vectorizer__"
    search = [
        {f"{answer}env": [env], f"{answer}model": [model], "Classifier__C": list(IQUAL_COSTS)}
        for env, model in (("scikit-learn", "TfidfVectorizer"), ("saved-dictionary", "vectors"))
    ]
    columns, training, predicting = [], 0.0, 0.0
    for carried in task["targets"].T.astype(int):
        begun = perf_counter()
        model = iqualnlp.Model(diagram=False)
        model.add_text_features(question, "answer")
        model.add_classifier()
        model.add_threshold()
        model.compile()
        if min(carried.sum(), len(carried) - carried.sum()) < IQUAL_FOLDS:
            model.fit(frames[0], carried)
        else:
            model.cross_validate_fit(frames[0], carried, search_parameters=search, cv_splits=IQUAL_FOLDS)
        fitted = perf_counter()
        columns.append((model.predict_proba(frames[1]), model.predict(frames[1])))
        training += fitted - begun
        predicting += perf_counter() - fitted
    scores, chosen = zip(*columns, strict=True)
    return np.column_stack(scores), np.column_stack(chosen), training, predicting


def setfit(task: dict[str, Any], folder: Path) -> tuple[Any, Any, float, float]:
    """SetFit 1.2.0 (Tunstall et al. 2022, arXiv:2209.11055): the encoder fine-tuned on pairs of passages,
    then one logistic regression per code. Its defaults, but 100 steps of 16 pairs at most. The encoder is
    part of what is trained, so its time is counted.
    """
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    model = SetFitModel.from_pretrained(
        task["encoder"], multi_target_strategy="one-vs-rest", device="cpu", local_files_only=True
    )
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        max_steps=SETFIT_MOST_STEPS,
        save_strategy="no",
        report_to="none",
        seed=task["seed"],
        show_progress_bar=False,
    )
    examples = {"text": task["training"], "label": task["targets"].astype(int).tolist()}
    begun = perf_counter()
    Trainer(model=model, args=arguments, train_dataset=Dataset.from_dict(examples)).train()
    fitted = perf_counter()
    scores = model.predict_proba(task["test"], as_numpy=True, show_progress_bar=False)
    chosen = np.asarray(scores) >= 0.5
    return scores, chosen, fitted - begun, perf_counter() - fitted


if __name__ == "__main__":
    main()
