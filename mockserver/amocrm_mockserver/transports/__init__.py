"""The mock server without a socket: transports for the HTTP clients of Python.

Each module needs the client that it is named after and is imported by its users only.
"""
