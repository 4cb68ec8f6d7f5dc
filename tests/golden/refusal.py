"""Refusals: the inventory of all that the docs name, and their short written cases."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import yaml
from attrs import frozen

from .compare import Json

__all__ = ["Refusal", "inventory", "is_written", "refusal_rows"]

_HERE: Final = Path(__file__).parent
_CLOCK: Final = 1_700_001_000
_TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    422: "Unprocessable Entity",
}
_DETAILS: Final[Mapping[str, str]] = {
    "FieldMissing": "This field is missing.",
    "InvalidType": "This value should be of type {kind}.",
    "NotSupportedChoice": "The value you selected is not a valid choice.",
}
_ANY: Final = "*"
_UNWRITTEN: Final = "(text not in the docs)"
_BUSY: Final = (
    "<html><head><title>429 Too Many Requests</title></head><body><center>"
    "<h1>429 Too Many Requests</h1></center><hr><center>nginx</center></body></html>"
)


@frozen(kw_only=True)
class Refusal:
    """An entry of the inventory: what the docs say is refused, and how."""

    id: str
    section: str
    request: str
    wrong: str
    status: int
    body: str
    """`exact`; `form` when its texts are not in the docs; `none` when there is no body."""
    evidence: str
    case: str
    """Where the case stands: `table`, `sample`, `test:` and a test of another folder, or `open: `
    and why the server does not refuse.
    """


@cache
def inventory() -> tuple[Refusal, ...]:
    """Read the inventory of refusals."""
    with (_HERE / "refusals.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Refusal(status=int(row.pop("status")), **row) for row in rows)


def is_written(reference: str) -> bool:
    """Tell whether a test of another folder, named `test:path::function`, is there."""
    path, _, name = reference.removeprefix("test:").partition("::")
    file = _HERE.parents[1] / path
    return file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")


@cache
def refusal_rows() -> tuple[dict[str, Json], ...]:
    """Write out the short cases, in the shape of samples."""
    found = yaml.safe_load((_HERE / "refusals.yaml").read_text(encoding="utf-8"))
    return tuple(_written_out(row) for row in cast("list[dict[str, Any]]", found["cases"]))


def _written_out(row: Mapping[str, Any]) -> dict[str, Json]:
    method, _, address = _asked(row).partition(" ")
    path, _, query = address.partition("?")
    request: dict[str, Json] = {
        "method": method,
        "path": path if path.startswith("/") else f"/api/v4/{path}",
        "query": query,
        "token": row.get("token", "admin"),
        "headers": row.get("headers", {}),
    }
    if "body" in row:
        request |= {"body": row["body"], "body_source": "table"}
    answer, invented = _answer(row)
    return {
        "id": row["id"],
        "section": row["section"],
        "source": "table",
        "request": request,
        "answer": answer,
        "clock": _CLOCK,
        "base": "core",
        "state": row.get("state", {}),
        "before": row.get("before", []),
        "invented": invented,
    }


def _asked(row: Mapping[str, Any]) -> str:
    """The method and address; `ask_long` is a filter of many ids."""
    if "ask" in row:
        return str(row["ask"])
    long = row["ask_long"]
    pairs = (f"{long['key']}[{index}]=a{index}" for index in range(long["count"]))
    return f"{long['path']}?{'&'.join(pairs)}"


def _answer(row: Mapping[str, Any]) -> tuple[dict[str, Json], dict[str, Json]]:
    status: int = row["status"]
    if row.get("form") == "html":
        return {"status": status, "content_type": "text/html", "text": _BUSY}, {}
    if row.get("empty"):
        return {"status": status, "content_type": None}, {}
    body: dict[str, Json] = dict(row.get("answer", {}))
    if not body:
        body = {
            "title": _TITLES[status],
            "type": f"https://httpstatus.es/{status}",
            "status": status,
            "detail": row.get("detail", "Request validation failed"),
        }
    if "faults" in row:
        faults: list[Json] = list(_faults(row["faults"]))
        mark: dict[str, Json] = {} if row.get("of_no_item") else {"request_id": "0"}
        body = {"validation-errors": [{**mark, "errors": faults}], **body}
    invented: dict[str, Json] = {}
    if body.get("detail") == _ANY:
        body["detail"] = _UNWRITTEN
        invented = {"$.detail": "text"}
    kind = "application/problem+json"
    return {"status": status, "content_type": kind, "body": body}, invented


def _faults(written: list[str]) -> Iterator[dict[str, Json]]:
    for one in written:
        code, *rest = one.split(" ")
        kind = rest.pop(0) if code == "InvalidType" else ""
        yield {"code": code, "path": rest[0], "detail": _DETAILS[code].format(kind=kind)}
