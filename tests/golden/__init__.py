"""Golden tests: samples of the amoCRM docs and of recorded live answers, held against server and client."""
