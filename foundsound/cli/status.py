"""``foundsound status``: what the library holds."""

from typing import TYPE_CHECKING

from foundsound.cli.console import counted, duration, err, out, plain
from foundsound.cli.settings import command_settings

if TYPE_CHECKING:
    from foundsound.catalog.runs import KnownRun
    from foundsound.root_report import RootReport
    from foundsound.settings import Settings


def status() -> None:
    """Show counts, model and where the library lies."""
    settings = command_settings()
    from foundsound.library import library_exists

    _tell_place(settings)
    if not library_exists(settings):
        err.print("It is empty. Index a folder: [bold]foundsound index ~/Sounds[/]")
        return
    from foundsound.catalog.database import Catalog
    from foundsound.catalog.runs import open_runs
    from foundsound.catalog.spaces import active_space, space_statuses
    from foundsound.catalog.stats import catalog_stats
    from foundsound.ownership import current_owner, is_owned
    from foundsound.root_report import report_roots

    catalog = Catalog.of(settings)
    with catalog.read() as session:
        space = active_space(session)
        stats = catalog_stats(session, space.id if space else None)
        others = [other for other in space_statuses(session) if not other.active]
        roots = report_roots(session)
        runs = open_runs(session)
    catalog.close()
    owner = current_owner(settings.data_dir) if is_owned(settings.data_dir) else None
    failed = stats.failed + stats.unreadable_files
    for root in roots:
        out.print(f"folder    {_told(root)}", soft_wrap=True, markup=False)
    out.print(f"sounds    {stats.indexed:,} ({duration(stats.audio_s)} of audio)")
    out.print(f"files     {stats.files:,}")
    if stats.pending:
        hint = "being indexed" if owner else "index again to go on"
        if settings.qdrant_url:
            hint = "a worker takes them up"
        out.print(f"pending   {stats.pending:,} ({hint})")
    if failed:
        out.print(f"unusable  {failed:,} (foundsound failed says why)")
    if stats.missing_files:
        out.print(f"missing   {stats.missing_files:,} files that were there once")
    if space:
        out.print(f"model     {space.model} ({space.key})")
    for other in others:
        state = f"{other.lacking:,} sounds to do" if other.lacking else "complete"
        out.print(f"beside    {other.model}, {state}", soft_wrap=True, markup=False)
    for run in runs:
        out.print(f"run       {_told_run(run)}", soft_wrap=True, markup=False)
    if owner:
        out.print(f"serving   {owner.url} (process {owner.pid})")


def _tell_place(settings: "Settings") -> None:
    from foundsound.catalog.database import catalog_name

    out.print(f"library   {settings.data_dir}", soft_wrap=True)
    if settings.database_url:
        place = catalog_name(settings.data_dir, settings.database_url)
        out.print(f"catalogue {place}", soft_wrap=True, markup=False)
    if settings.qdrant_url:
        out.print(f"vectors   {settings.qdrant_url}", soft_wrap=True, markup=False)


def _told_run(run: "KnownRun") -> str:
    """What a run of the workers does, how far it is, and who has it."""
    what = f"change to {run.wanted['model']}" if "model" in run.wanted else "near-duplicates"
    done, total = run.progress.files_done, run.progress.files_total
    by = f"by {run.worker}" if run.worker else "waits for a worker"
    return f"{what}, {done:,} of {counted(total, 'sound')}, {by}"


def _told(root: "RootReport") -> str:
    """A root's path, and what is not as usual."""
    remarks: list[str] = [root.state] if root.state != "online" else []
    if root.watched:
        remarks.append(f"watched by {root.watched_by or 'nobody yet'}")
    if root.pending:
        remarks.append(f"{root.pending:,} waiting")
    if root.missing:
        remarks.append(f"{root.missing:,} deleted")
    path = plain(root.path)
    return f"{path} ({', '.join(remarks)})" if remarks else path
