"""One module for each revision of the study's format; published ones are never edited."""
