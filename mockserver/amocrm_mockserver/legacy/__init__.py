"""API v2: another way to see and change the state that API v4 has."""
