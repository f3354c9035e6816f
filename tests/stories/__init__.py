"""One clinic situation a file, in domain words; `python tests/stories` prints them all."""
