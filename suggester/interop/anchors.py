"""Finding the one place of a transcript that a quote comes from, or saying why there is none."""

from dataclasses import dataclass
from functools import cached_property

from suggester.domain import Span, Transcript
from suggester.interop.folding import FoldedText, cuts_a_letter, folded_quote, without_ellipses

SHORTEST_QUOTE = 3
_ENOUGH_TO_COUNT = 100
_PLACES_SHOWN = 5
_NOT_FOUND = "the quote is not found in the transcript"


@dataclass(frozen=True, slots=True)
class Found:
    """``span`` where the quote is there once; else None, and ``reason`` says why."""

    span: Span | None
    reason: str = ""


class Anchors:
    """The places of one transcript, its folded text kept for the next quote."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript

    @cached_property
    def _folded(self) -> FoldedText:
        return FoldedText(self.transcript.text)

    def find(self, quote: str) -> Found:
        """The span of ``quote``, if it is there exactly once.

        It is searched as it is; else with white space, quotation marks, dashes and ellipses folded in
        the quote and the text alike; else without the ellipses at its ends. The first of these that
        is found at all decides. Where it ends between a letter and its accent it is another word.
        """
        folded = folded_quote(quote)
        if len(folded) < SHORTEST_QUOTE:
            return Found(None, f"the quote is shorter than {SHORTEST_QUOTE} characters")
        exact = [Span(place, place + len(quote)) for place in _places(self.transcript.text, quote)]
        whole = [span for span in exact if not cuts_a_letter(self.transcript.text, span.end)]
        if whole:
            return _only(whole)
        for needle in dict.fromkeys([folded, without_ellipses(folded)]):
            if len(needle) >= SHORTEST_QUOTE:
                spans = self._spans(needle)
                if spans:
                    return _only(spans)
        return Found(None, _NOT_FOUND)

    def fits(self, start: int, end: int, quote: str) -> bool:
        """Whether ``[start, end)`` holds the quote, folded, with or without ellipses at its ends."""
        there, wanted = folded_quote(self.transcript.text[start:end]), folded_quote(quote)
        return there == wanted or (bool(there) and there == without_ellipses(wanted))

    def _spans(self, needle: str) -> list[Span]:
        found = []
        for place in _places(self._folded.folded, needle):
            span = self._folded.source_span(place, place + len(needle))
            if span:
                found.append(Span(*span))
        return found


def _places(text: str, needle: str) -> list[int]:
    """Where ``needle`` begins, overlapping ones too; no more than are worth counting."""
    places: list[int] = []
    place = text.find(needle)
    while place >= 0 and len(places) < _ENOUGH_TO_COUNT:
        places.append(place)
        place = text.find(needle, place + 1)
    return places


def _only(spans: list[Span]) -> Found:
    if len(spans) == 1:
        return Found(spans[0])
    count = f"{len(spans)} times" if len(spans) < _ENOUGH_TO_COUNT else "very often"
    return Found(None, f"the quote is found {count}, at {_listed([span.start for span in spans])}")


def _listed(places: list[int]) -> str:
    """The first places, so that a person can go there and look."""
    shown = [str(place) for place in places[:_PLACES_SHOWN]]
    if len(places) > len(shown):
        return ", ".join([*shown, "..."])
    return " and ".join([", ".join(shown[:-1]), shown[-1]])
