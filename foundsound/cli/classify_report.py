"""A classification as one HTML file that needs nothing else: to be filed, mailed or printed."""

from collections import Counter
from datetime import datetime
from html import escape
from pathlib import Path

from foundsound import __version__
from foundsound.cli.console import counted, duration
from foundsound.errors import InvalidRequest
from foundsound.hearing.classifier import Classification, Classified
from foundsound.hearing.scoring import NONE_OF_THESE, LabelScore

RUNNERS_UP = 2  # labels behind the best one, in the table

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1c1c1c; background: #fff; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
p.facts {{ color: #555; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd;
  vertical-align: top; overflow-wrap: anywhere; }}
th {{ font-weight: 600; }}
td.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.bar {{ display: inline-block; height: .7em; background: #2d7d46; border-radius: 2px; }}
.weak .bar {{ background: #aaa; }}
.weak {{ color: #777; }}
.error {{ color: #a40000; }}
.also {{ color: #777; font-size: .85em; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="facts">{facts}</p>
{warnings}
<h2>Labels</h2>
<table><thead><tr><th>label</th><th>sounds</th><th></th></tr></thead><tbody>
{counts}
</tbody></table>
<h2>Sounds</h2>
<table><thead><tr><th>file</th><th>label</th><th>score</th><th>strength</th><th>at</th></tr></thead>
<tbody>
{rows}
</tbody></table>
<p class="facts">Score: softmax over the labels. Strength: how far the sound lies above what unlike
sounds score with the label, in background deviations; grey does not stand out.</p>
</body>
</html>
"""


def write_report(path: Path, found: Classification) -> None:
    """Write the report.

    Raises:
        InvalidRequest: the file cannot be written.
    """
    try:
        path.expanduser().write_text(_page(found), encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be written: {error.strerror}.") from error


def _page(found: Classification) -> str:
    failed = sum(1 for each in found.results if each.error)
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    facts = f"{counted(len(found.results), 'sound')}, model {found.model}, "
    facts += f"{now}, foundsound {__version__}"
    if failed:
        facts += f". {counted(failed, 'sound')} could not be heard."
    warnings = "".join(f"<p>{escape(warning)}</p>\n" for warning in found.warnings)
    return _PAGE.format(
        title=f"Which sounds are these? {counted(len(found.results), 'sound')}",
        facts=escape(facts),
        warnings=warnings,
        counts="\n".join(_counts(found)),
        rows="\n".join(_row(each) for each in found.results),
    )


def _counts(found: Classification) -> list[str]:
    chosen = Counter(each.scores[0].label for each in found.results if each.scores)
    labels = [*found.labels, *([NONE_OF_THESE] if chosen[NONE_OF_THESE] else [])]
    total = max(1, sum(chosen.values()))
    return [
        f"<tr><td>{escape(label)}</td><td class='n'>{chosen[label]}</td>"
        f"<td>{_bar(chosen[label] / total)}</td></tr>"
        for label in sorted(labels, key=lambda label: -chosen[label])
    ]


def _row(each: Classified) -> str:
    file = escape(each.name)
    if not each.scores:
        error = escape(each.error or "")
        return f"<tr><td>{file}</td><td colspan='4' class='error'>{error}</td></tr>"
    top, *rest = each.scores
    also = ", ".join(f"{escape(score.label)} {score.score:.0%}" for score in rest[:RUNNERS_UP])
    weak = "" if top.heard or top.label == NONE_OF_THESE else " class='weak'"
    strength = "" if top.strength is None else f"{top.strength:.1f}"
    return (
        f"<tr{weak}><td>{file}</td><td>{escape(top.label)}<br><span class='also'>{also}</span></td>"
        f"<td class='n'>{_bar(top.score)} {top.score:.0%}</td>"
        f"<td class='n'>{strength}</td><td class='n'>{_at(top)}</td></tr>"
    )


def _bar(share: float) -> str:
    return f"<span class='bar' style='width: {6 * share:.2f}em'></span>"


def _at(score: LabelScore) -> str:
    if score.start_s is None or score.end_s is None:
        return ""
    return f"{duration(score.start_s)} to {duration(score.end_s)}"
