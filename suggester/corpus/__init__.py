"""Transcripts in: files to texts with turns, and turns to the passages that get codes."""

from suggester.corpus.cases import TranscriptCase, read_cases
from suggester.corpus.importing import READABLE, read_transcripts
from suggester.corpus.reading import Reading, ReadingOptions
from suggester.corpus.unitizing import unitize

__all__ = [
    "READABLE",
    "Reading",
    "ReadingOptions",
    "TranscriptCase",
    "read_cases",
    "read_transcripts",
    "unitize",
]
