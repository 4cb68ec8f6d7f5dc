"""The refusals of the token endpoint; their texts are recorded live where amoCRM gives them."""

from __future__ import annotations

from amocrm_mockserver.message import PROBLEM, json_response
from amocrm_mockserver.problems import ProblemError

__all__ = ["bad_client", "bad_code", "bad_parameter", "bad_refresh_token"]


def bad_parameter(name: str) -> ProblemError:
    """A parameter is missing."""
    return _invalid(400, f"Check the `{name}` parameter")


def bad_code(hint: str) -> ProblemError:
    """Something is wrong with the code, or with where it may be sent."""
    return _invalid(400, hint)


def bad_refresh_token(hint: str) -> ProblemError:
    """Something is wrong with the refresh token."""
    return _invalid(401, hint)


def bad_client() -> ProblemError:
    """The client is unknown or its secret is wrong."""
    return _refusal(401, {}, "Некорректный клиент", "Авторизация клиента не прошла")


def _invalid(status: int, hint: str) -> ProblemError:
    return _refusal(
        status,
        {"hint": hint},
        "Некорректный запрос",
        "В запросе отсутствует ряд параметров или параметры невалидны",
    )


def _refusal(status: int, hint: dict[str, str], title: str, detail: str) -> ProblemError:
    body = {
        **hint,
        "title": title,
        "type": "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
        "status": status,
        "detail": detail,
    }
    return ProblemError(json_response(status, body, kind=PROBLEM))
