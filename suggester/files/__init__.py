"""Bytes in and out: decoding text, tables of rows, atomic writing. Used by every package above."""
