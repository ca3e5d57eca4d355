"""``foundsound alerts``: queries that are asked of every new sound."""

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from foundsound.cli.console import err, out, plain
from foundsound.cli.settings import command_settings
from foundsound.cli.user_data import AsJson
from foundsound.errors import FoundsoundError, InvalidRequest

if TYPE_CHECKING:
    from foundsound.alerts.shapes import AlertReport, FeedItem

app = typer.Typer(help="Be told of new sounds that fit a query.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The alert's name, in any case.")]
FOLLOW_S = 1.0


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    text: Annotated[
        str | None, typer.Argument(help="What to wait for, as in a search; filters as well.")
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="FILE|ID", help="Sounds like this; a file is kept."),
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="TEXT|FILE", help="But not sounds like this."),
    ] = None,
    sound: Annotated[
        list[str] | None, typer.Option("--sound", metavar="NAME", help="An enrolled sound.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Strength from which a sound counts; 4 is clear, and what is taken."),
    ] = None,
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="Send a signed POST for each sound.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option(help="Signs what is sent; made if none is given.")
    ] = None,
    file: Annotated[
        str | None, typer.Option(metavar="PATH", help="Append a line of JSON for each sound.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have a query asked of every sound that is indexed from now on."""
    import os

    from pydantic import ValidationError

    from foundsound.alerts.shapes import AlertQuery, NewAlert
    from foundsound.cli.alerts_access import alerts
    from foundsound.cli.query_options import query_of
    from foundsound.search.query.parts import EnrolledPart

    asked, clips = query_of(
        text,
        like or [],
        unlike or [],
        (None, None),
        None,
        sort="relevance",
        mode="dense",
        limit=1,
        cursor=None,
        facets=False,
    )
    try:
        wanted = NewAlert(
            name=name,
            query=AlertQuery(
                text=asked.text,
                parts=(*asked.parts, *(EnrolledPart(name=each) for each in sound or ())),
            ),
            threshold=threshold,
            webhook_url=webhook,
            webhook_secret=secret,
            file=None if file is None else os.path.abspath(os.path.expanduser(file)),
        )
    except ValidationError as error:
        raise InvalidRequest(f"{error.errors()[0]['msg']}.") from error
    with alerts(command_settings()) as access:
        made = access.add(wanted, clips)
    if as_json:
        print(made.model_dump_json())
        return
    err.print(f"'{plain(made.name)}' waits for new sounds.", markup=False, soft_wrap=True)
    if made.webhook_secret is not None:
        err.print("The webhook's secret, shown this once:", markup=False)
        print(made.webhook_secret)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the alerts, and how they are doing."""
    from foundsound.cli.alerts_access import alerts

    with alerts(command_settings()) as access:
        found = access.alerts()
    if as_json:
        print(json.dumps([each.model_dump(mode="json") for each in found]))
        return
    if not found:
        err.print("There are no alerts yet: foundsound alerts add NAME QUERY")
    for each in found:
        _show(each)


@app.command()
def feed(
    name: Annotated[str | None, typer.Argument(help="Of this alert alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000)] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Show what the alerts have found, the newest last."""
    from foundsound.cli.alerts_access import alert_of, alerts

    settings = command_settings()
    with alerts(settings) as access:
        alert_id = None if name is None else alert_of(access, name).id
        items = access.feed(alert_id, limit, None)[::-1]
    last = 0
    while True:
        for item in items:
            last = item.id
            _tell(item, as_json)
        if not follow:
            if not items:
                err.print("Nothing has been found yet.")
            return
        time.sleep(FOLLOW_S)
        with alerts(settings) as access:  # not held meanwhile: others may want the library
            items = access.feed(alert_id, 1000, last)


@app.command()
def test(name: Name) -> None:
    """Send a test message to an alert's destinations."""
    from foundsound.cli.alerts_access import alert_of, alerts

    with alerts(command_settings()) as access:
        tried = access.test(alert_of(access, name).id)
    if not tried:
        err.print("It has no destination besides the feed: foundsound alerts feed")
    for each in tried:
        state = "delivered" if each.delivered else f"not delivered. {each.problem}"
        err.print(f"{each.destination}: {state}", markup=False, soft_wrap=True)
    if not all(each.delivered for each in tried):
        raise FoundsoundError("A destination did not take the message.")


@app.command()
def pause(name: Name) -> None:
    """Ask an alert about no more sounds, and deliver nothing."""
    _pause(name, paused=True)


@app.command()
def resume(name: Name) -> None:
    """Take a paused alert up again; what was not delivered is tried at once."""
    _pause(name, paused=False)


@app.command()
def remove(name: Name) -> None:
    """Forget an alert with all that it found."""
    from foundsound.cli.alerts_access import alert_of, alerts

    with alerts(command_settings()) as access:
        found = alert_of(access, name)
        access.delete(found.id)
    err.print(f"Removed '{plain(found.name)}'.", markup=False)


def _pause(name: str, paused: bool) -> None:
    from foundsound.alerts.shapes import AlertChange
    from foundsound.cli.alerts_access import alert_of, alerts

    with alerts(command_settings()) as access:
        access.change(alert_of(access, name).id, AlertChange(paused=paused))


def _show(alert: "AlertReport") -> None:
    threshold = "" if alert.threshold is None else f" from {alert.threshold:g}"
    state = " (paused)" if alert.paused else ""
    out.print(
        f"{plain(alert.name)}{state}: {plain(_asked(alert))}{threshold}, found {alert.found:,}",
        markup=False,
        soft_wrap=True,
    )
    for where in (alert.webhook, alert.file):
        if where is not None:
            out.print(f"  to {plain(where)}", markup=False, soft_wrap=True)
    if alert.waiting or alert.given_up:
        why = f": {alert.last_error}" if alert.last_error else ""
        counts = f"  {alert.waiting:,} not delivered yet, {alert.given_up:,} given up"
        out.print(f"{counts}{plain(why)}", markup=False, soft_wrap=True)
    if alert.problem is not None:
        out.print(f"  {plain(alert.problem)}", markup=False, soft_wrap=True)


def _asked(alert: "AlertReport") -> str:
    parts = [alert.query.text or ""]
    for part in alert.query.parts:
        if part.type == "text":
            said = part.text
        elif part.type == "clip":
            said = alert.clips[part.clip] if part.clip < len(alert.clips) else "a clip"
        else:
            said = part.name if part.type == "enrolled" else part.sound_id
        parts.append(("not " if part.negative else "like " if part.type != "text" else "") + said)
    return ", ".join(filter(None, parts)) or "filters"


def _tell(item: "FeedItem", as_json: bool) -> None:
    if as_json:
        print(item.model_dump_json(), flush=True)
        return
    strength = "" if item.strength is None else f"{item.strength:.1f}"
    when = item.found_at.astimezone().strftime("%Y-%m-%d %H:%M")
    out.print(
        f"{when}  {strength:>5}  {plain(item.alert)}  {plain(item.path)}",
        markup=False,
        soft_wrap=True,
    )
