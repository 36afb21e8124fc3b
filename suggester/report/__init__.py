"""Results as tables: columns and rows for files, short texts for people."""
