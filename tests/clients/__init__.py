"""The client against the mock server: every operation, and what it changes."""
