"""One module per family of file formats; each turns a file into text or into utterances."""
