"""The peers: each tells two plain codes apart, and asks nothing of a code without examples."""

import numpy as np
import pytest

from peers import SYSTEMS
from protocol import Passages, Training

WORDS = ("river", "bread")


class Words:
    """Texts as vectors of the words that they hold."""

    name = fingerprint = "words"

    def encode(self, texts, _progress=None):
        vectors = np.array([[word in text for word in (*WORDS, "e")] for text in texts], np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def passages(texts: list[str]) -> Passages:
    return Passages(texts, [""] * len(texts), [f"g{i}" for i in range(len(texts))], Words().encode(texts))


@pytest.mark.parametrize("name", ["tfidf", "activetigger", "aqda", "nvivo", "knn"])
def test_a_peer_ranks_passages_by_what_it_was_shown(name):
    shown = [f"the {WORDS[i % 2]} is here {'abcdefghij'[i // 2] * 3}" for i in range(20)]
    targets = np.array([[i % 2 == 0, i % 2 == 1, False] for i in range(20)])
    training = Training(passages(shown), targets, ("waters", "loaves", "never"), {"waters": "of the river"})
    found = SYSTEMS[name](training, passages(["a river there", "the bread we ate"]), Words(), 0)
    assert found.scores.shape == found.chosen.shape == (2, 3)
    assert found.scores[0, 0] > found.scores[1, 0]
    assert found.scores[1, 1] > found.scores[0, 1]
    assert np.isfinite(found.scores).all()


def test_aqda_suggests_twenty_passages_for_a_code():
    shown = passages([f"river {i} e" for i in range(6)])
    training = Training(shown, np.ones((6, 1), bool), ("waters",), {})
    test = passages([f"the {WORDS[i % 2]} {i}" for i in range(50)])
    assert SYSTEMS["aqda"](training, test, Words(), 0).chosen.sum() == 20


def test_with_the_question_in_front_a_peer_tells_answers_apart_by_it():
    answers = Passages(["yes"] * 20, [WORDS[i % 2] for i in range(20)], [""] * 20, Words().encode(["e"] * 20))
    targets = np.array([[i % 2 == 0, i % 2 == 1] for i in range(20)])
    training = Training(answers, targets, ("waters", "loaves"), {})
    assert (SYSTEMS["knn+question"](training, answers, Words(), 0).chosen == targets).all()
