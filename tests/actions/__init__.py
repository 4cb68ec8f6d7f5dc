"""Tests of actions: what the CLI finds for an intent, and does."""
