"""Golden tests: samples of the amoCRM docs and of live answers, held against both sides."""
