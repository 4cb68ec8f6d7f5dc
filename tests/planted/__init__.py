"""Faults that are planted into the mock server and the client, to see that a test finds them."""
