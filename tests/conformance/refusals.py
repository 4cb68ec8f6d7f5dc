"""What the server refuses, and that the client understands it."""

from typing import Any, Final

from .step import Context, Step, expect, same, step

__all__ = ["REFUSALS"]

_NOWHERE: Final = 2_000_000_000
"""No account gets that far with its ids."""


@step("Refusals", "says that a lead is missing")
def read_missing_lead(context: Context) -> None:
    """There is no such lead, and the client does not make one up."""
    same(context.account.read(f"leads/{_NOWHERE}"), None, "the lead on the server")
    _expect_refusal(context, "read_missing_lead", lead_id=_NOWHERE)


@step("Refusals", "hands on what a refused lead lacks")
def create_invalid_lead(context: Context) -> None:
    """Nothing is written, and the reason names the field or its fault."""
    before = context.account.ids("leads")
    refusal = _expect_refusal(
        context, "create_invalid_lead", name="Refused", responsible_user_id=_NOWHERE
    )
    same(context.account.ids("leads"), before, "the leads")
    expect("responsible_user_id" in refusal["message"], f"the reason is lost: {refusal}")


@step("Refusals", "fails with a token that is not genuine")
def create_with_bad_token(context: Context) -> None:
    """Nothing is written."""
    before = context.account.ids("leads")
    _expect_refusal(context, "create_with_bad_token", name="Forged")
    same(context.account.ids("leads"), before, "the leads")


@step("Refusals", "fails with a code that was used before")
def login_again(context: Context) -> None:
    """The code of the first login opens nothing any more."""
    held = context.driver.ask("held_tokens")
    _expect_refusal(context, "login_again", code=context.code)
    same(context.driver.ask("held_tokens"), held, "the tokens that it holds")
    expect(context.account.accepts(held["access_token"]), "the first token was taken away")


@step("Refusals", "fails to write when there were too many requests")
def write_too_often(context: Context) -> None:
    """Nothing is written, nothing is repeated, and the client says so."""
    _write_through_fault(context, status=429)


@step("Refusals", "fails to write when the server is broken")
def write_to_broken_server(context: Context) -> None:
    """The answer is a page of HTML; nothing is written, and the client says so."""
    _write_through_fault(context, status=502, html=True)


@step("Refusals", "repeats a read that met too many requests")
def read_again(context: Context) -> None:
    """The second request brings the lead."""
    (lead,) = context.account.add("leads", [{"name": "Patient"}])
    with context.server.fault(context.account, method="GET", path="/api/v4/leads/*", status=429):
        told = context.driver.ask("read_lead", lead_id=lead)
    same(told["name"], "Patient", "the name")


def _write_through_fault(context: Context, **rule: object) -> None:
    before = context.account.ids("leads")
    with context.server.fault(context.account, method="POST", path="/api/v4/leads", **rule):
        _expect_refusal(context, "create_refused_lead", name="Unlucky")
    same(context.account.ids("leads"), before, "the leads")


def _expect_refusal(context: Context, command: str, **arguments: object) -> dict[str, Any]:
    refusal: dict[str, Any] | None = context.driver.ask(command, **arguments)
    if refusal is None:
        expect(condition=False, otherwise="the client took it for a success")
        return {}
    return refusal


REFUSALS: Final[tuple[Step, ...]] = (
    read_missing_lead,
    create_invalid_lead,
    create_with_bad_token,
    login_again,
    write_too_often,
    write_to_broken_server,
    read_again,
)
