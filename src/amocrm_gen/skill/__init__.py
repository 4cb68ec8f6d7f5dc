"""The skill by which agents drive the command line."""
