"""The mock server's sockets, OAuth, control calls and clock."""
