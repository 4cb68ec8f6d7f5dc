"""The verbs of the API as commands, generated from the spec."""
