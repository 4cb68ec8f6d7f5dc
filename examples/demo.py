"""A day's sales work: regenerate the SDK, start the mock server, log in, sell.

Run it with `make demo`. It needs no account and no network, and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import urllib3
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from amocrm_gen import AmoCRM, AsyncAmoCRM, BatchError, FileTokenStore, Integration
from amocrm_gen.v4 import (
    CommonNoteCreate,
    ContactCreate,
    CustomFieldCreate,
    CustomFieldEnumWrite,
    CustomFieldValuesWrite,
    CustomFieldValueWrite,
    LeadCreate,
    LeadUpdate,
    LinkBetween,
    PipelineCreate,
    PipelineCreateEmbedded,
    PipelineStatus,
    TaskCreate,
    TaskResult,
    TaskUpdate,
    TextParams,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amocrm_gen.v4 import Pipeline

BIN = Path(sys.executable).parent
LEADS = 1_000
CONTACTS = 120
WON = 142
console = Console()


def step(title: str) -> None:
    """Print the title of a part of the day."""
    console.print(f"\n[bold cyan]▸ {title}[/]")


def regenerate() -> None:
    """Generate the SDK from the spec, as after a change to the YAML."""
    step("Generate the SDK from spec/")
    done = subprocess.run(  # noqa: S603  # our own executable
        [BIN / "amocrm-codegen"], capture_output=True, text=True, check=False
    )
    console.print((done.stdout + done.stderr).rstrip(), highlight=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


@contextlib.contextmanager
def mock_server() -> Iterator[str]:
    """Run the mock server as a process of its own; gives its address."""
    step("Start the mock server")
    with subprocess.Popen(  # noqa: S603  # our own executable
        [BIN / "amocrm-mockserver", "--port", "0", "--tls-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline().split()
            if ready[:1] != ["ready"]:
                sys.exit("the mock server did not start; run amocrm-mockserver to see why")
            console.print(f"  {ready[1]} and {ready[2]}, rate limits on")
            yield ready[1]
        finally:
            process.terminate()


def control(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Steer the mock server; a real amoCRM has no such calls."""
    answer = urllib3.request("POST", f"{url}/__mock__/{path}", json=body or {})
    result: dict[str, Any] = answer.json()
    if answer.status >= 400:
        sys.exit(f"the mock server refused {path}: {result}")
    return result


def log_in(url: str, folder: Path) -> tuple[AmoCRM, Integration]:
    """Go through OAuth: a code from the consent page becomes a pair of stored tokens."""
    step("Log in through OAuth")
    account = control(url, "accounts", {"subdomain": "roofs"})
    integration = Integration(**account["integration"])
    code = control(url, "accounts/roofs/codes")["code"]
    store = FileTokenStore(folder / "tokens.json")
    amo = AmoCRM("roofs", integration=integration, store=store, base_url=url)
    amo.authorize(code)
    me = amo.account.get(with_=["task_types"])
    console.print(f"  account [bold]{me.name}[/] ({me.subdomain}), {me.currency}, id {me.id}")
    console.print("  tokens are in a file that only you can read; no secret is ever printed")
    return amo, integration


def build_pipeline(amo: AmoCRM) -> Pipeline:
    """Make a pipeline with stages of our own."""
    step("Build a pipeline")
    stages = ["First call", "Measuring", "Offer", "Contract"]
    made = amo.pipelines.create(
        PipelineCreate(
            name="Roofs",
            sort=20,
            is_main=False,
            is_unsorted_on=True,
            embedded=PipelineCreateEmbedded(
                statuses=[PipelineStatus(name=name, sort=n) for n, name in enumerate(stages, 2)]
            ),
        )
    )
    pipeline = amo.pipelines.get(made.id)
    names = [status.name for status in pipeline.embedded.statuses]
    console.print("  " + " [dim]→[/] ".join(names))
    return pipeline


def fill(amo: AmoCRM, pipeline: Pipeline) -> tuple[list[int], list[int]]:
    """Create a thousand leads and their contacts, with custom fields and links."""
    step(f"Create {LEADS:,} leads, {CONTACTS} contacts, and link them")
    kind = amo.custom_fields.create(
        "contacts",
        CustomFieldCreate(
            name="Kind",
            type="select",
            enums=[CustomFieldEnumWrite(value="Owner"), CustomFieldEnumWrite(value="Tenant")],
        ),
    )
    stages = [status.id for status in pipeline.embedded.statuses if status.is_editable]
    leads = [
        LeadCreate(
            name=f"Roof {n:04}",
            price=1_000 + 937 * n % 90_000,
            pipeline_id=pipeline.id,
            status_id=stages[n % len(stages)],
        )
        for n in range(LEADS)
    ]
    people = [
        ContactCreate(
            first_name=["Ann", "Boris", "Chen", "Dina"][n % 4],
            last_name=f"Lee {n}",
            custom_fields_values=[
                CustomFieldValuesWrite(
                    field_code="PHONE",
                    values=[CustomFieldValueWrite(value=f"+1555{n:04}", enum_code="MOB")],
                ),
                CustomFieldValuesWrite(
                    field_id=kind.id,
                    values=[CustomFieldValueWrite(value=["Owner", "Tenant"][n % 2])],
                ),
            ],
        )
        for n in range(CONTACTS)
    ]
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("leads", total=LEADS)
        lead_ids: list[int] = []
        for start in range(0, LEADS, 250):
            lead_ids += [lead.id for lead in amo.leads.create(leads[start : start + 250])]
            progress.update(bar, completed=len(lead_ids))
        bar = progress.add_task("contacts", total=CONTACTS)
        contact_ids = [contact.id for contact in amo.contacts.create(people)]
        progress.update(bar, completed=len(contact_ids))
        bar = progress.add_task("links", total=CONTACTS)
        pairs = zip(lead_ids, contact_ids, strict=False)
        links = [
            LinkBetween(entity_id=lead, to_entity_id=contact, to_entity_type="contacts")
            for lead, contact in pairs
        ]
        made = amo.links.link_many("leads", links)
        progress.update(bar, completed=len(made))
    return lead_ids, contact_ids


def talk(amo: AmoCRM, lead_ids: list[int]) -> None:
    """Set tasks, complete some, and leave notes."""
    step("Call back, take notes")
    now = datetime.now(tz=UTC)
    tasks = amo.tasks.create(
        TaskCreate(
            text=f"Call about lead {lead}",
            entity_id=lead,
            entity_type="leads",
            complete_till=now + timedelta(hours=hour),
        )
        for hour, lead in enumerate(lead_ids[:8], 1)
    )
    amo.tasks.update(
        TaskUpdate(id=task.id, is_completed=True, result=TaskResult(text="Agreed on a visit"))
        for task in tasks[:3]
    )
    amo.notes.create(
        "leads",
        [
            CommonNoteCreate(entity_id=lead, params=TextParams(text="Wants slate, not tin"))
            for lead in lead_ids[:5]
        ],
    )
    table = Table(title="Open calls", title_justify="left", show_edge=False, pad_edge=False)
    for head in ("task", "lead", "until", "text"):
        table.add_column(head)
    for task in amo.tasks.find(filter={"is_completed": False}, order="complete_till"):
        until = task.complete_till.astimezone().strftime("%d %b %H:%M")
        table.add_row(str(task.id), str(task.entity_id), until, task.text)
    console.print(table)


def sell(amo: AmoCRM, pipeline: Pipeline) -> None:
    """Find the big ones, win some, and read the pipeline as a table."""
    step("Find, win, sum up")
    big = list(amo.leads.find(filter={"price": {"from": 60_000}}, order="-id", with_=["contacts"]))
    console.print(f"  {len(big)} leads are worth 60,000 or more; we win the latest 40 of them")
    won = [LeadUpdate(id=lead.id, status_id=WON, pipeline_id=lead.pipeline_id) for lead in big[:40]]
    amo.leads.update(won)
    with amo.leads.edit(big[0].id) as lead:
        lead.price += 500
    names = {status.id: status.name for status in pipeline.embedded.statuses}
    counts: dict[int, list[int]] = {}
    for lead in amo.leads.find():
        counts.setdefault(lead.status_id, []).append(lead.price)
    table = Table(title="Pipeline", title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("stage")
    table.add_column("leads", justify="right")
    table.add_column("sum", justify="right")
    table.add_column("")
    most = max(len(prices) for prices in counts.values())
    for status, name in names.items():
        prices = counts.get(status, [])
        bar = "█" * round(30 * len(prices) / most)
        table.add_row(name, f"{len(prices):,}", f"{sum(prices):,}", f"[cyan]{bar}[/]")
    console.print(table)


def be_refused(amo: AmoCRM) -> None:
    """Send a batch with mistakes, and read what the error says."""
    step("Make a mistake")
    try:
        amo.leads.create(
            [
                LeadCreate(name="Good"),
                LeadCreate(name="Bad", status_id=1),
                LeadCreate(
                    name="Worse",
                    custom_fields_values=[
                        CustomFieldValuesWrite(
                            field_id=7, values=[CustomFieldValueWrite(value="x")]
                        )
                    ],
                ),
            ]
        )
    except BatchError as error:
        console.print(Panel(str(error), title="BatchError", border_style="red", expand=False))
        console.print("  nothing was written: amoCRM takes a batch whole or not at all")


def outlive_the_token(amo: AmoCRM, url: str) -> None:
    """Let two days pass; the access token dies, and the client does not notice."""
    step("Let the access token expire")
    control(url, "clock", {"advance": 2 * 86_400})
    lead = amo.leads.find(order="-id").first()
    assert lead is not None
    console.print(
        f"  two days later: read [bold]{lead.name}[/]; the token was refreshed on the way"
    )


async def work_async(url: str, integration: Integration, folder: Path) -> None:
    """Do the same things with the async client, many at once, on the same token file."""
    step("The same, async")
    store = FileTokenStore(folder / "tokens.json")
    async with AsyncAmoCRM("roofs", integration=integration, store=store, base_url=url) as amo:
        started = time.perf_counter()
        first = [lead.id async for lead in amo.leads.find(limit=12)]
        leads = await asyncio.gather(*(amo.leads.get(lead) for lead in first))
        seconds = time.perf_counter() - started
    console.print(
        f"  {len(leads)} leads read side by side in {seconds:.1f} s, never faster than 7 a second"
    )


def say_goodbye(started: float) -> None:
    """Say how long it took and where to go from here."""
    console.print(
        Panel(
            "[bold]What to try next[/]\n"
            "  .venv/bin/amocrm-mockserver --port 8080   a fake amoCRM\n"
            "  README.md                                 the SDK in short examples    \n"
            "  docs/reference.md                         every method\n"
            "  spec/v4/leads.yaml, then make generate    add a field of your own\n"
            "  make test                                 see that all of it holds",
            border_style="cyan",
            expand=False,
        )
    )
    console.print(f"[dim]done in {time.perf_counter() - started:.1f} s[/]")


def main() -> None:
    """Run the day."""
    started = time.perf_counter()
    regenerate()
    with tempfile.TemporaryDirectory() as name, mock_server() as url:
        folder = Path(name)
        amo, integration = log_in(url, folder)
        with amo:
            pipeline = build_pipeline(amo)
            lead_ids, _ = fill(amo, pipeline)
            talk(amo, lead_ids)
            sell(amo, pipeline)
            be_refused(amo)
            outlive_the_token(amo, url)
        asyncio.run(work_async(url, integration, folder))
    say_goodbye(started)


if __name__ == "__main__":
    main()
