"""The drivers' end of the line protocol, and the only thing done to a client: where it connects.

One JSON object a line. The runner sends ``{"command": …, "arguments": {…}}`` and gets back
``{"result": …}`` or ``{"error": {"type": …, "message": …}}``. The first line from the driver is
``{"commands": […], "not_offered": {step: reason}}``.

Importing this module maps every host name to loopback and port 443 to the mock server's TLS
port. Nothing else changes: server name indication, the Host header and the certificate checks
stay what the client makes of the name it asked for. Other addresses are refused, so that a
mistake cannot reach the real service.
"""

import json
import os
import socket
import sys

__all__ = ["serve"]

_LOOPBACK = "127.0.0.1"
_HTTPS = 443
_TLS_PORT = int(os.environ["CONFORMANCE_TLS_PORT"])

_resolve = socket.getaddrinfo
_connect = socket.socket.connect


def _resolve_to_loopback(host, port, *args, **kwargs):
    return _resolve(_LOOPBACK, port, *args, **kwargs)


def _connect_to_mock_server(sock, address):
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return _connect(sock, address)
    host, port = address[:2]
    if (host, port) != (_LOOPBACK, _HTTPS):
        message = f"the client wanted to connect to {host}:{port}, not to an account on port 443"
        raise ConnectionRefusedError(message)
    return _connect(sock, (_LOOPBACK, _TLS_PORT))


socket.getaddrinfo = _resolve_to_loopback
socket.socket.connect = _connect_to_mock_server


def serve(driver, not_offered, generic=()):
    """Answer the runner's commands until it closes the pipe.

    The commands are the public functions of the driver's module. ``generic`` names the steps
    that the client serves only by its call for any route.
    """
    commands = {
        name: value
        for name, value in vars(sys.modules[driver]).items()
        if getattr(value, "__module__", None) == driver and name[0].islower()
    }
    # A client that prints must not get between the lines of the protocol.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def answer(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    answer({"commands": sorted(commands), "not_offered": not_offered, "generic": list(generic)})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            result = commands[request["command"]](**request["arguments"])
        except Exception as error:  # noqa: BLE001 -- whatever a client raises is its answer
            answer({"error": {"type": type(error).__name__, "message": _reasons(error)}})
        else:
            answer({"result": result})


def _reasons(error):
    said = []
    while error is not None:
        said.append(str(error))
        error = error.__cause__ or error.__context__
    return " <- ".join(said)
