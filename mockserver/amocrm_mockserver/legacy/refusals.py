"""Refusals of whole requests in the envelope of the oldest methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amocrm_mockserver.message import json_response
from amocrm_mockserver.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amocrm_mockserver.message import Request

__all__ = ["NO_ACCOUNT", "NO_METHOD", "OFF", "WRONG_KEY", "refused"]

NO_ACCOUNT: Final = 101
NO_METHOD: Final = 104
WRONG_KEY: Final = 110
OFF: Final = 112
"""The user is off, or is none of the account's."""
_TEXTS: Final[Mapping[int, str]] = {
    NO_ACCOUNT: "Аккаунт не найден",
    NO_METHOD: "Запрашиваемый метод не найден",
    WRONG_KEY: "Неверный логин или пароль",
    OFF: "Пользователь состоит не в данном аккаунте",
    206: "Добавление/Обновление контактов: пустой запрос",
    207: "Добавление/Обновление контактов: неверный запрашиваемый метод",
    214: "Добавление/Обновление сделок: пустой запрос",
    215: "Добавление/Обновление сделок: неверный запрашиваемый метод",
    222: "Добавление/Обновление событий: пустой запрос",
    223: "Добавление/Обновление событий: неверный запрашиваемый метод",
    228: "Добавление/Обновление задач: пустой запрос",
    229: "Добавление/Обновление задач: неверный запрашиваемый метод",
    283: "Нет данных",
}


def refused(status: int, code: int, request: Request, now: int) -> ProblemError:
    """A refusal by one of amoCRM's numbers; the request tells at which host."""
    body: dict[str, object] = {
        "error": _TEXTS[code],
        "error_code": str(code),
        "ip": "127.0.0.1",
        "domain": request.host,
        "server_time": now,
    }
    return ProblemError(json_response(status, {"response": body}))
