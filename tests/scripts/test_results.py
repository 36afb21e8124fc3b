"""The benchmark's results: run in pieces, put together, compared."""

from dataclasses import replace

import numpy as np
import pytest

from results import Entry, as_kept, compared, merged, read, write
from results_report import tables


def entry(system: str, budget: str = "16", *, ap: float = 0.5, sha: str = "a", seeds: int = 1) -> Entry:
    resampled = ap * np.linspace(0.9, 1.1, 500)
    figures = {
        "macro_ap": ap,
        "precision_at_1": 0.5,
        "recall_at_3": 0.5,
        "macro_f1": 0.5,
        "work_saved": 0.5,
        "calibration_error": 0.1,
        "calibration_error_of_sure": None,
        "n_training": 40.0,
        "folds_learned": 1.0,
        "seconds_training": 1.0,
        "seconds_predicting": 0.1,
    }
    return Entry(
        study="a study",
        system=system,
        budget=budget,
        date="2026-01-01",
        versions={"numpy": "2"},
        study_sha256=sha,
        n_passages=100,
        n_coded=50,
        n_groups=10,
        n_codes=5,
        seeds={str(seed): figures for seed in range(seeds)},
        resampled={str(seed): as_kept(resampled) for seed in range(seeds)},
    )


def test_a_piece_replaces_what_it_measured_anew_and_leaves_the_rest():
    earlier = [entry("suggester"), entry("tfidf"), entry("tfidf", "all")]
    found = merged(earlier, [entry("tfidf", ap=0.7)])
    assert {e.key[1:]: e.mean("macro_ap") for e in found} == {
        ("suggester", "16"): 0.5,
        ("tfidf", "all"): 0.5,
        ("tfidf", "16"): 0.7,
    }


def test_entries_of_a_study_that_has_changed_since_go():
    other = replace(entry("tfidf"), study="another study")
    found = merged([entry("tfidf"), other], [entry("suggester", sha="b")])
    assert {(e.study, e.system) for e in found} == {("a study", "suggester"), ("another study", "tfidf")}


def test_results_come_back_from_their_file_as_they_were(tmp_path):
    entries = [entry("suggester", seeds=2), entry("tfidf", "all")]
    write(tmp_path / "results.json", entries)
    assert read(tmp_path / "results.json") == entries
    assert read(tmp_path / "missing.json") == []


def test_systems_are_compared_in_the_same_resamples():
    difference, ratio = compared(entry("suggester", ap=0.6), entry("tfidf", ap=0.4))
    assert difference.estimate == pytest.approx(0.2)
    assert ratio.estimate == pytest.approx(1.5)
    # Both vary alike, so their ratio does not.
    assert (ratio.low, ratio.high) == pytest.approx((1.5, 1.5), abs=1e-3)


def test_systems_are_compared_on_the_seeds_that_both_have():
    ours = entry("suggester", ap=0.6, seeds=2)
    ours.seeds["1"] = {**ours.seeds["1"], "macro_ap": 0.9}
    difference, _ = compared(ours, entry("setfit", ap=0.4))
    assert difference.estimate == pytest.approx(0.2)


def test_the_tables_name_the_best_peer_and_leave_out_what_no_seed_has():
    text = tables([entry("suggester", ap=0.6), entry("tfidf", ap=0.4), entry("knn", ap=0.3)])
    assert "a study: tfidf 1.50" in text
    assert "nan" not in text
