"""Codebooks, codings and lists of finished transcripts as the tables of other programs, in and out."""

from suggester.interop.codebook_files import read_codebook, write_codebook
from suggester.interop.coding_rows import PlacedBy, ReadCodings, read_codings
from suggester.interop.coding_tables import FinishedRow, read_finished, write_codings

__all__ = [
    "FinishedRow",
    "PlacedBy",
    "ReadCodings",
    "read_codebook",
    "read_codings",
    "read_finished",
    "write_codebook",
    "write_codings",
]
