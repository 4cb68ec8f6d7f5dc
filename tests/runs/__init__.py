"""Runs of commands: rehearsals, the log, and replays."""
