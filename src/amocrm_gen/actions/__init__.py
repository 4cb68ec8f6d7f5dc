"""What can be done with an account: found by intent, described by schemas, run with JSON."""
