"""``foundsound classify``: which of these labels is it?"""

from pathlib import Path
from typing import Annotated

import typer

from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest

Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        metavar='"A, B, C"',
        help="To choose between; a bar adds a synonym: 'dog barking|woof, car horn'.",
    ),
]


def classify(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE|FOLDER|ID…", help="Files, folders, or hits' sound_ids."),
    ],
    labels: Labels = None,
    label_set: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="A saved label set.")
    ] = None,
    sound: Annotated[
        list[str] | None,
        typer.Option("--sound", metavar="NAME", help="An enrolled sound as one more label."),
    ] = None,
    template: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Words around each label: 'the sound of {}'."),
    ] = None,
    none: Annotated[
        bool, typer.Option("--none", help="'None of these' is a choice as well.")
    ] = False,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Of one file: from here on.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Of one file: to here.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write a table, a line a sound.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a report as HTML.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
) -> None:
    """Choose between labels: foundsound classify FILE… --labels "dog barking, car horn"."""
    settings = command_settings(model=model)
    from foundsound.cli.classify_output import show, write_csv
    from foundsound.cli.classify_report import write_report
    from foundsound.cli.classify_run import classify_all, heard_in
    from foundsound.cli.hearing_access import hearing
    from foundsound.cli.label_lists import labels_of
    from foundsound.cli.query_options import seconds
    from foundsound.hearing.classifier import Choice

    stretch = (seconds(start), seconds(end))
    named = heard_in(files, stretch)
    choice = Choice(
        labels=labels_of(labels) if labels is not None else [],
        label_set=label_set,
        sounds=sound or [],
        templates=template or [],
        none_of_these=none,
    )
    with hearing(settings, alone=True) as access:
        found = classify_all(access, choice, named)
    if csv is not None:
        write_csv(csv, found)
    if report is not None:
        write_report(report, found)
    if as_json:
        print(found.model_dump_json())
    else:
        show(found)
    if all(each.error for each in found.results):
        raise InvalidRequest(str(found.results[0].error))
