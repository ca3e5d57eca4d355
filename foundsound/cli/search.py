"""``foundsound search``: describe a sound, or show ones like it."""

import json
from typing import Annotated, cast, get_args

import typer

from foundsound.cli.console import err
from foundsound.cli.lists import As, Map, print_list
from foundsound.cli.settings import command_settings
from foundsound.errors import InvalidRequest, QueryError

NOTHING = "No sound fits; [bold]foundsound status[/] says what the library holds."

UNANSWERED = (
    "Nothing in the library stands out for this; [bold]--weak[/] shows the nearest all the same."
)


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT",
            show_default=False,
            help="What the sound is like: words, -unwanted or ', no this', \"words in the path or "
            'metadata", and filters such as dur:<5 cat:DOOR* folder:Rain.',
        ),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option(
            "--like",
            metavar="FILE|ID|NAME",
            help="Find sounds like this file, this sound, or one that you enrolled.",
        ),
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="TEXT|FILE", help="Sounds like this are not wanted."),
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="The --like begins here.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="The --like ends here.")
    ] = None,
    refine: Annotated[
        str | None,
        typer.Option(
            "--refine",
            metavar="FILE|-",
            help="Only among these sounds: an earlier search's --json, or ids.",
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            help="relevance, name, duration, added or loudness; -name and so on: the other way."
        ),
    ] = "relevance",
    mode: Annotated[
        str,
        typer.Option(help="dense: by sound; lexical: by words of names and metadata; or hybrid."),
    ] = "hybrid",
    limit: Annotated[int, typer.Option("--limit", "-n", help="Most hits to show.")] = 10,
    weight: Annotated[
        float, typer.Option(min=0, max=10, help="How much the text counts beside a --like; 0: not.")
    ] = 1.0,
    between: Annotated[
        bool, typer.Option("--between", help="Sounds like every --like and text, not just one.")
    ] = False,
    diversity: Annotated[
        float, typer.Option(min=0, max=1, help="0 to 1: the more, the less alike the hits are.")
    ] = 0.0,
    takes: Annotated[
        bool, typer.Option("--takes", help="Show every take of a recording, not just the best.")
    ] = False,
    weak: Annotated[
        bool, typer.Option("--weak", help="Show also what does not stand out, or is unwanted.")
    ] = False,
    least: Annotated[
        float | None,
        typer.Option(help="Strength of an answer, as --facets tells it: finds what they counted."),
    ] = None,
    cursor: Annotated[
        str | None, typer.Option(help="Go on after an earlier search: the cursor in its --json.")
    ] = None,
    facets: Annotated[
        bool,
        typer.Option("--facets", help="Count categories, suggestions, formats and so on."),
    ] = False,
    play: Annotated[
        int | None,
        typer.Option(
            "--play", metavar="N", min=1, help="Play the Nth hit, from the second that fits."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    form: As = None,
    maps: Map = None,
    model: Annotated[str | None, typer.Option(help="Embedding model.")] = None,
) -> None:
    """Find sounds by a description, by examples with --like, or both."""
    text = " ".join(words) if words else None
    if text is None and not like and refine is None and not facets:
        raise InvalidRequest("Give a description, --like FILE, or both.")
    if as_json and form is not None:
        raise InvalidRequest("--json and --as are two ways to print the hits; choose one.")
    if between and len(like or []) + (text is not None) < 2:
        raise InvalidRequest("--between takes two sounds: several --like, or one and a text.")
    if weight != 1.0 and not (like and text):
        raise InvalidRequest("--weight says how much a text counts beside a --like; give both.")
    settings = command_settings(model=model)
    from foundsound.library import Library, library_exists

    if not library_exists(settings):
        _show_empty(as_json, settings.model)
        return
    from foundsound.cli.access import open_or_connect
    from foundsound.cli.hits import show, show_facets, show_languages, show_place
    from foundsound.cli.query_options import query_of, seconds
    from foundsound.search.query.query import Mode, Sort
    from foundsound.search.searcher import Searcher

    if sort not in get_args(Sort):
        raise InvalidRequest(f"--sort takes {', '.join(get_args(Sort))}, not '{sort}'.")
    if mode not in get_args(Mode):
        raise InvalidRequest(f"--mode takes {', '.join(get_args(Mode))}, not '{mode}'.")
    stretch = (seconds(start), seconds(end))
    query, clips = query_of(
        text,
        like or [],
        unlike or [],
        stretch,
        refine,
        cast(Sort, sort),
        cast(Mode, mode),
        limit,
        cursor,
        facets,
        text_weight=weight,
        combine="each" if between else "blend",
        diversity=diversity,
        fold=not takes and form is None,
        show_weak=weak,
        least=least,
    )
    try:
        with open_or_connect(settings) as library:
            source = Searcher(library) if isinstance(library, Library) else library
            result = source.search(query, clips)
            if form is not None:
                print_list(library, [hit.sound_id for hit in result.hits], form, maps)
    except QueryError as error:
        show_place(error, text or "")
    if result.searched_as and not as_json:
        show_languages(result)
    if as_json:
        print(result.model_dump_json())
    elif form is not None and result.hits:
        pass  # it is printed
    elif not result.hits:
        err.print(result.nothing or (NOTHING if result.answered else UNANSWERED), soft_wrap=True)
    else:
        show(result, text, clips)
    if result.facets is not None and not as_json:
        show_facets(result.facets, weak)
    if play is not None:
        from foundsound.cli.player import play as play_hit

        play_hit(result.hits, play, settings)


def _show_empty(as_json: bool, model: str) -> None:
    from foundsound.search.holdings import EMPTY

    if as_json:
        print(json.dumps({"hits": [], "model": model, "took_ms": 0.0, "nothing": EMPTY}))
    err.print(EMPTY)
