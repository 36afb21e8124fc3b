"""What a study's model starts from, and what suggests before anything is coded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from suggester.domain import Codebook, Transcript, folded
from suggester.errors import LearningError
from suggester.learn.definitions import model_from_definitions
from suggester.learn.shipped import description, shipped_model, shipped_models
from suggester.learn.suggester import CodeSuggester
from suggester.learn.vector_cache import CachedEncoder

AUTO, DEFINITIONS, NONE = "auto", "definitions", "none"
_ENOUGH_IN_COMMON = 0.5


@dataclass(frozen=True, slots=True)
class Starting:
    """A model to start from, by the codebook's names, and what it is called; ``model`` is None for none."""

    name: str
    model: CodeSuggester | None


def starting_model(
    name: str,
    codebook: Codebook,
    encoder: CachedEncoder,
    transcripts: Iterable[Transcript],
    progress: Callable[[int, int], None] | None = None,
) -> Starting:
    """The model of this name: a shipped one, ``"definitions"``, ``"none"``, or what fits (``"auto"``).

    What fits is a shipped model that knows half of the codebook or more, was made with the same encoder,
    and was not trained on a transcript of this study; else the codebook's definitions.

    Raises
    ------
    LearningError
        No shipped model has the name, it knows none of the codes, was made with another encoder, or was
        trained on this study's own transcripts, so that every figure would flatter.
    """
    if name == NONE:
        return Starting(NONE, None)
    texts = frozenset(transcript.sha256 for transcript in transcripts)
    if name == AUTO:
        fitting = (known for known in shipped_models() if not _unfit(known, codebook, encoder, texts))
        name = next(fitting, DEFINITIONS)
    if name == DEFINITIONS:
        return Starting(DEFINITIONS, model_from_definitions(codebook, encoder, progress=progress))
    why_not = _unfit(name, codebook, encoder, texts, in_common=0.0)
    if why_not:
        raise LearningError(
            f"the model '{name}' {why_not}", remedy=f"Take '{DEFINITIONS}' or '{NONE}' in its place."
        )
    model = CodeSuggester.load(shipped_model(name), encoder=encoder)
    names = {folded(code.name): code.name for code in codebook}
    model.codes_ = [names.get(folded(code), code) for code in model.codes_]
    return Starting(name, model)


def _unfit(
    name: str,
    codebook: Codebook,
    encoder: CachedEncoder,
    texts: frozenset[str],
    in_common: float = _ENOUGH_IN_COMMON,
) -> str:
    """Why a shipped model is not to be used here; empty if it is."""
    meta = description(shipped_model(name))
    known = {folded(str(code)) for code in _listed(meta.get("codes"))}
    shared = sum(folded(code.name) in known for code in codebook)
    if shared == 0 or shared < in_common * len(codebook):
        return f"knows {shared} of the codebook's {len(codebook)} codes"
    made_with = meta.get("encoder")
    if not isinstance(made_with, dict) or made_with.get("sha256") != encoder.fingerprint:
        return "was made with another encoder"
    about = meta.get("about")
    taught_by = _listed(about.get("transcripts_sha256") if isinstance(about, dict) else None)
    if texts & {str(text) for text in taught_by}:
        return "was trained on transcripts of this study, so every figure would flatter"
    return ""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
