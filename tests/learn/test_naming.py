"""What the codes' names add to the scores."""

import numpy as np
import pytest

from suggester.learn.naming import choose_name_weight, readable
from suggester.learn.suggester import CodeSuggester
from tests.conftest import FakeEncoder

# Different words in each.
FILLERS = [f"w{i} w{i + 1} w{2 * i + 7}" for i in range(0, 160, 2)]


def planted(n: int, told_by_name: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearness to names, held-out scores and targets of two codes."""
    rng = np.random.default_rng(4)
    targets = rng.random((n, 2)) < 0.2
    scores = 0.1 * targets + 0.1 * rng.normal(size=(n, 2))
    nearness = 0.2 * rng.normal(size=(n, 2)) + (0.5 * targets if told_by_name else -0.2 * targets)
    return nearness, scores, targets


def test_names_that_tell_the_passages_count_and_others_do_not():
    assert choose_name_weight(*planted(300, told_by_name=True), random_state=0) == 0.3
    assert choose_name_weight(*planted(300, told_by_name=False), random_state=0) == 0.0


def test_names_count_nothing_where_no_code_has_three_examples():
    nearness, scores, targets = planted(60, told_by_name=True)
    targets[:] = False
    targets[:2] = True
    assert choose_name_weight(nearness, scores, targets, random_state=0) == 0.0


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("expert->second_opinion", "expert second opinion"),
        ("Self-help provision", "Self help provision"),
        ("C#", "C"),
        ("信頼と安全", "信頼と安全"),
        ("☂", ""),
    ],
)
def test_names_are_read_as_words(name, read):
    assert readable([name]) == [read]


def test_the_heads_add_the_chosen_weight_times_the_nearness_to_the_name(monkeypatch):
    said = [f"{'umbrella' if i % 4 == 0 else 'van'} {filler}" for i, filler in enumerate(FILLERS)]
    codes = [{"umbrella"} if i % 4 == 0 else set() for i in range(80)]
    scores = []
    for weight in (0.0, 0.3):
        monkeypatch.setattr("suggester.learn.naming._WEIGHTS", (weight,))
        model = CodeSuggester(encoder=FakeEncoder()).fit(said, codes, [i // 8 for i in range(80)])
        (heads,) = model._fitted().heads
        scores.append(heads.scores(model.describe(said))[:, 0])
    nearness = FakeEncoder().encode(said) @ FakeEncoder().encode(["umbrella"])[0]
    assert scores[1] - scores[0] == pytest.approx(0.3 * (nearness - nearness.mean()), abs=1e-5)
