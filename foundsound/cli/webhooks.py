"""``foundsound webhooks``: who is told what happens to sounds."""

import json
from typing import Annotated

import typer

from foundsound.cli.console import err, fail, out, plain
from foundsound.cli.keys import catalog
from foundsound.cli.settings import command_settings

app = typer.Typer(no_args_is_help=True, help="Tell other programs what happens to sounds.")
Id = Annotated[int, typer.Argument(help="A webhook's number, from the list.")]


@app.command()
def add(url: Annotated[str, typer.Argument(help="Where changes are sent to.")]) -> None:
    """Have changes sent to an address; the secret that signs them is shown this once."""
    from foundsound.alerts.change_webhooks import NewWebhook, add_webhook

    with catalog() as opened:
        made = add_webhook(opened, NewWebhook(url=url), command_settings())
    print(made.secret)  # on its own, so that a script can take it
    err.print(
        f"This is webhook [bold]{made.id}[/]; it signs by Standard Webhooks with this secret, "
        "which is shown this once."
    )


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show the webhooks, and how they are doing."""
    from foundsound.alerts.change_webhooks import report_webhooks

    with catalog() as opened, opened.read() as session:
        found = report_webhooks(session)
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in found], indent=2))
        return
    if not found:
        out.print("There are no webhooks yet: foundsound webhooks add URL")
    for each in found:
        state = plain(each.error) if each.error else "well"
        line = f"{each.id:4}  {plain(each.url)}  {each.waiting:,} waiting  {state}"
        out.print(line, soft_wrap=True, markup=False)


@app.command()
def remove(webhook: Id) -> None:
    """Tell a webhook nothing more."""
    from foundsound.catalog.change_webhooks import webhook_by_id

    with catalog() as opened, opened.write() as session:
        session.delete(webhook_by_id(session, webhook))


@app.command()
def test(webhook: Id) -> None:
    """Send a message of type library.test."""
    from foundsound.alerts.change_webhooks import try_webhook
    from foundsound.catalog.change_webhooks import webhook_by_id

    with catalog() as opened:
        with opened.read() as session:
            found = webhook_by_id(session, webhook)
            session.expunge(found)
        told = try_webhook(found, command_settings())
    if told.problem:
        fail(told.problem)
    err.print("It has arrived.")
