"""Tests of the API that the mock server answers."""
