"""``foundsound model``: which model is used, and does it work."""

import time
from typing import Annotated

import typer

from foundsound.cli.console import out
from foundsound.cli.settings import command_settings

app = typer.Typer(help="Show or check the embedding model.", no_args_is_help=True)
ModelOption = Annotated[str | None, typer.Option("--model", help="Embedding model.")]


@app.command()
def show(model: ModelOption = None) -> None:
    """Show the model's name, version and sizes."""
    from foundsound.embedding.registry import create_embedder, model_names

    settings = command_settings(model=model)
    embedder = create_embedder(settings.model, settings)
    out.print(f"model        {embedder.name} ({embedder.version})")
    out.print(f"dimension    {embedder.dim}")
    out.print(f"sample rate  {embedder.sample_rate:,} Hz, mono")
    out.print(f"window       {embedder.window_s:g} s")
    out.print(f"known        {', '.join(model_names())}")


@app.command("self-check")
def check(model: ModelOption = None) -> None:
    """Load the model and look at its vectors; exit code 2 when they are unfit."""
    from foundsound.embedding.registry import create_embedder
    from foundsound.embedding.self_check import self_check

    settings = command_settings(model=model)
    started = time.perf_counter()
    found = self_check(create_embedder(settings.model, settings))
    out.print(
        f"{settings.model} works ({time.perf_counter() - started:.1f} s). Mean cosine between "
        f"unlike texts {found.text_cosine:.2f}, between unlike sounds {found.audio_cosine:.2f}; "
        "1.00 would be a broken model.",
        soft_wrap=True,
    )
