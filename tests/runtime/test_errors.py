"""Errors tell what was asked, what came back and what to do."""

import copy
import inspect
import pickle

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import amocrm_gen
from amocrm_gen.runtime import errors
from amocrm_gen.runtime.effects import Response
from amocrm_gen.runtime.errors import (
    AccountBlocked,
    AmoError,
    ApiError,
    BatchError,
    Conflict,
    Forbidden,
    InDoubtError,
    MissingExtra,
    NotFound,
    PaymentRequired,
    Problem,
    RateLimited,
    ServerError,
    TransportError,
    Unauthorized,
    ValidationError,
)
from amocrm_gen.runtime.refusal import refusal_of

CLASSES = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, AmoError)
]


def example(cls: type[AmoError]) -> AmoError:
    """Return an error of a class with something in every attribute."""
    if cls is MissingExtra:
        return MissingExtra("the feature", "async")
    if cls is TransportError:
        return TransportError("broken", sent=True, operation="leads.find")
    if cls is InDoubtError:
        return InDoubtError("begun", keys=["a#1"], operation="leads.create", advice="look")
    parameters = inspect.signature(cls).parameters
    given = {
        "operation": "leads.update",
        "status": 400,
        "request_id": "abc",
        "problems": [Problem("bad", code="X", path="a.0.b", index=3, request_id="9")],
        "hint": "look there",
        "retry_after": 2.5,
        "path": "$.a",
        "done": [1],
        "failed": [({"id": 2}, (Problem("bad"),))],
        "in_doubt": [3],
        "not_tried": [4, 5],
    }
    return cls("it failed", **{key: value for key, value in given.items() if key in parameters})


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_pickles(cls: type[AmoError]) -> None:
    """Errors cross processes and copies with all that they know."""
    error = example(cls)
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(twin) is cls
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_is_public(cls: type[AmoError]) -> None:
    """Each error can be imported from the package."""
    assert getattr(amocrm_gen, cls.__name__) is cls
    assert cls.__name__ in amocrm_gen.__all__


def test_an_error_says_what_to_do() -> None:
    """The text names operation, status, request id, item, path, and the next step."""
    text = str(example(ValidationError))
    assert text == (
        "leads.update: 400 it failed (look there) (request id abc)\n"
        "  item 3, a.0.b: bad [X]\n"
        "What to do: correct the fields named above; nothing was written"
    )


def test_a_batch_error_counts() -> None:
    """A batch error shows what became of how many."""
    text = str(example(BatchError))
    assert "1 done, 1 failed, 1 in doubt, 2 not tried" in text


def refusal(status: int, body: object, sent: object = None, **headers: str) -> ApiError:
    """Read an error answer."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal_of(Response(status, names, content), operation="x.y", sent=sent)


VALIDATION = {
    "validation-errors": [
        {
            "request_id": "0",
            "errors": [
                {
                    "code": "NotSupportedChoice",
                    "path": "custom_fields_values.0.field_id",
                    "detail": "The value you selected is not a valid choice.",
                }
            ],
        },
        {
            "request_id": "mark",
            "errors": [
                {"code": "InvalidType", "path": "status_id", "detail": "should be of type int."},
                {"code": "NotSupportedChoice", "path": "status_id", "detail": "not valid"},
            ],
        },
    ],
    "title": "Bad Request",
    "status": 400,
    "detail": "Request validation failed",
}


def test_validation_errors_name_item_and_field() -> None:
    """Items are found by their mark, else by their place."""
    sent = [{"name": "a"}, {"name": "b"}, {"name": "c", "request_id": "mark"}]
    error = refusal(400, VALIDATION, sent, x_request_id="r1")
    assert type(error) is ValidationError
    assert error.request_id == "r1"
    found = [(problem.index, problem.path, problem.code) for problem in error.problems]
    assert found == [
        (0, "custom_fields_values.0.field_id", "NotSupportedChoice"),
        (2, "status_id", "InvalidType"),
        (2, "status_id", "NotSupportedChoice"),
    ]


HTML = b"<html><head><title>403 Forbidden</title></head><body>nginx</body></html>"
OAUTH = {"hint": "Token has been revoked", "title": "t", "status": 401, "detail": "parameters"}


@pytest.mark.parametrize(
    ("status", "body", "cls"),
    [
        (400, {"detail": "Request data can not be empty"}, ValidationError),
        (400, {"detail": "Возникла системная ошибка. Пожалуйста, повторите попытку."}, ServerError),
        (401, {"detail": "Invalid user name or password"}, Unauthorized),
        (402, {"detail": "Payment required"}, PaymentRequired),
        (403, {"detail": "Client doesn't have the required scope"}, Forbidden),
        (403, HTML, AccountBlocked),
        (404, {"detail": "Cannot GET https://x"}, NotFound),
        (404, b"<html>not found</html>", NotFound),
        (405, b"", ApiError),
        (409, {}, Conflict),
        (422, {"detail": "Limit 250 per page"}, ValidationError),
        (429, {"detail": "slow", "retry_after": 300}, RateLimited),
        (429, b"<html>Too Many Requests</html>", RateLimited),
        (500, {"title": "ErrInternalServer", "status": 500, "trace_id": "t"}, ServerError),
        (502, b"<html>Bad Gateway</html>", ServerError),
        (504, b"", ServerError),
        (599, b"", ServerError),
        (301, b"", ApiError),
        (400, {"detail": "Last modified date is older than in database"}, Conflict),
        (400, b"[]", ValidationError),
        (400, b"\xff\xfe", ValidationError),
    ],
)
def test_each_answer_is_its_error(status: int, body: object, cls: type[ApiError]) -> None:
    """All shapes of error answers become errors of the right class, with a readable text."""
    error = refusal(status, body)
    assert type(error) is cls
    assert error.status == status
    assert "<html" not in str(error)


def test_the_block_page_is_told_from_missing_rights() -> None:
    """A JSON 403 is about rights, an HTML one about a block."""
    assert type(refusal(403, {"detail": "Forbidden"})) is Forbidden
    assert type(refusal(403, HTML)) is AccountBlocked


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"errors": {"15": "Lead not found"}}, (None, None, "Lead not found", 1, 15)),
        ({"errors": [{"code": 226}]}, ("226", None, "the entity it belongs to", None, None)),
        (
            {
                "errors": [
                    {
                        "request_id": "1",
                        "errors": {"code": "EntityNotFound", "path": "id", "detail": "no source"},
                    }
                ]
            },
            ("EntityNotFound", "id", "no source", 1, None),
        ),
        (
            {"_total_items": 0, "errors": [{"title": "Entity not found", "status": 263}]},
            ("263", None, "Entity not found", None, None),
        ),
        (
            {"validation-errors": [{"errors": [{"code": "A", "path": "id", "detail": "d"}]}]},
            ("A", "id", "d", None, None),
        ),
        (
            {"_embedded": {"items": [], "errors": {"update": {"15": "Last modified ..."}}}},
            (None, None, "Last modified ...", 1, 15),
        ),
    ],
)
def test_other_forms_of_errors(body: object, expected: tuple[object, ...]) -> None:
    """Maps by id, bare codes and nested objects say the same things in other ways."""
    (problem,) = refusal(400, body, [{"id": 14}, {"id": 15}]).problems
    code, path, detail, index, entity = expected
    assert (problem.code, problem.path, problem.index, problem.entity_id) == (
        code,
        path,
        index,
        entity,
    )
    assert problem.detail.startswith(str(detail))


@pytest.mark.parametrize(
    ("body", "header", "seconds"),
    [
        ({"retry_after": 300}, None, 300.0),
        (b"", "7", 7.0),
        (b"", "1.5", 1.5),
        (b"", "soon", None),
        (b"", "Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        (b"", None, None),
        ({"retry_after": "x"}, None, None),
    ],
)
def test_when_to_come_again(body: object, header: str | None, seconds: float | None) -> None:
    """The wait is read from the body or the header, as a number or a date."""
    headers = {} if header is None else {"retry_after": header}
    assert refusal(429, body, **headers).retry_after == seconds


def test_secrets_in_answers_are_not_shown() -> None:
    """An answer that repeats a secret does not get it into the error."""
    response = Response(
        400,
        {},
        orjson.dumps({"detail": "bad s3cret! eyJ0eXAiOiJKV1.abcdef.ghijkl", "hint": "s3cret!"}),
    )
    error = refusal_of(response, operation="oauth", secrets=["s3cret!"])
    shown = f"{error} {error!r} {vars(error)}"
    assert "s3cret!" not in shown
    assert "eyJ" not in shown


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**6) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["errors", "validation-errors", "code", "path", "detail", "1", "_embedded"]
            )
            | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.integers(300, 599), json_values, json_values)
def test_any_error_answer_is_read(status: int, body: object, sent: object) -> None:
    """No body whatever makes reading an error fail."""
    error = refusal(status, body, sent)
    assert isinstance(error, ApiError)
    assert str(error)
