"""A model from the codebook alone: what can be suggested before anything is coded."""

import numpy as np

from suggester.domain import Basis, Codebook
from suggester.learn.bundle import Parts
from suggester.learn.calibration import KNOTS, Calibration
from suggester.learn.encoders import DEFAULT_ENCODER, Encoder, Progress, SentenceEncoder
from suggester.learn.features import describe
from suggester.learn.ridge import fit_ridge, with_more_weight
from suggester.learn.similarity import SimilarityHeads
from suggester.learn.suggester import CodeSuggester

_LANDMARKS = 5000
# Logistic regression on standardised scores gave slopes of .4 to 1.3, shifts of -3.2 to -4.9 on three sets.
_SLOPE, _SHIFT = 0.8, -4.0
_THRESHOLD = 0.1
_NARROWEST = 0.05
# How much the mean nearness to a code's texts counts beside what tells them from the other codes' texts.
_NEARNESS = 2.0


def model_from_definitions(
    codebook: Codebook,
    encoder: str | Encoder = DEFAULT_ENCODER,
    random_state: int = 0,
    progress: Progress | None = None,
) -> CodeSuggester:
    """A `CodeSuggester` that knows the codes by their names, definitions, include notes and examples.

    Each of these texts is a passage of its code, borderline examples among them; near misses are no code's.
    Scores are what kernel ridge regression makes of them plus the mean nearness to the code's own. Its order
    of codes means something; its probabilities are rough (nothing calibrates them), and `basis_` says so of
    every code. Made to start from.
    """
    texts, owner = [], []
    for column, code in enumerate(codebook):
        described = (code.name, code.definition, code.include, *code.counting_examples)
        own = [text for text in described if text.strip()]
        texts += own
        owner += [column] * len(own)
    if isinstance(encoder, str):
        encoder = SentenceEncoder(encoder)
    model = CodeSuggester(encoder, random_state)
    features = describe(encoder, texts, None, progress)
    targets = np.zeros((len(texts), len(codebook)), np.bool_)
    targets[np.arange(len(texts)), owner] = True
    fitted = fit_ridge(
        features, targets, np.arange(len(texts)), n_landmarks=_LANDMARKS, random_state=random_state
    )
    heads = with_more_weight(fitted.heads, _NEARNESS * targets / targets.sum(axis=0))
    scores = heads.scores(features)
    # How texts of other codes score; of one code alone there are none.
    others = scores[~targets] if len(codebook) > 1 else np.zeros(1)
    k = len(codebook)
    everything, nothing = np.arange(k), np.arange(0)
    model.codes_ = [code.name for code in codebook]
    model.basis_ = [Basis.DEFINITION] * k
    model.thresholds_ = np.full(k, _THRESHOLD)
    model.n_examples_ = np.zeros(k, np.intp)
    model._parts = Parts(
        heads=(heads,),
        calibration=Calibration(
            centre=np.full(k, others.mean()),
            spread=np.full(k, max(float(others.std()), _NARROWEST)),
            slope=np.full(k, _SLOPE),
            intercept=np.full(k, _SHIFT),
            curve=np.append(0.0, np.ones(len(KNOTS) + 1)),
        ),
        similarity=SimilarityHeads(features.dense[:0], nothing, np.zeros(0), 0.0, 0.0),
        trained=everything,
        few=nothing,
        fit_calibration=np.zeros(0),
    )
    return model
