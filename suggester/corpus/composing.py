"""From utterances to a text that can be read: "Speaker: text" lines, and the segments in it."""

from collections.abc import Sequence

from suggester.corpus.reading import Segment, Segmentation, Utterance, trimmed


def composed(utterances: Sequence[Utterance], layout: str) -> tuple[str, Segmentation]:
    """Write utterances as text, one line or more each, and say where each of them stands."""
    parts: list[str] = []
    segments: list[Segment] = []
    length = 0
    for utterance in utterances:
        label = f"{utterance.speaker}: " if utterance.speaker else ""
        start, end = trimmed(utterance.text, 0, len(utterance.text))
        if start == end:
            continue
        said = utterance.text[start:end]
        begin = length + len(label)
        segments.append(Segment(begin, begin + len(said), utterance.speaker, utterance.seconds))
        parts.append(label + said)
        length = begin + len(said) + 1
    return "\n".join(parts), Segmentation(layout, tuple(segments))
