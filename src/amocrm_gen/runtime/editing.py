"""Edits as context managers."""

from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from amocrm_gen.runtime.edit import Edit

if TYPE_CHECKING:
    from amocrm_gen.runtime.adriver import AsyncDriver
    from amocrm_gen.runtime.driver import Driver

__all__ = ["AsyncEditing", "Editing"]

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - what goes in
R = TypeVar("R")


class Editing(Generic[T, I, R]):
    """An edit as a context manager."""

    def __init__(self, driver: "Driver", edit: Edit[T, I, R]) -> None:
        self._driver = driver
        self._edit = edit

    def __enter__(self) -> T:
        return self._driver.run(self._edit.begin())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._driver.run(self._edit.finish())
        finally:
            self._driver.run(self._edit.end())


class AsyncEditing(Generic[T, I, R]):
    """An edit as an asynchronous context manager."""

    def __init__(self, driver: "AsyncDriver", edit: Edit[T, I, R]) -> None:
        self._driver = driver
        self._edit = edit

    async def __aenter__(self) -> T:
        return await self._driver.run(self._edit.begin())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                await self._driver.run(self._edit.finish())
        finally:
            await self._driver.run(self._edit.end())
