"""Searches to try out on the documentation page; a test sends every one of them."""

from fastapi.openapi.models import Example

SOUND = "1f0c1f6e3a8f4f0d9d2f6a0c5b7e8d90"  # in a library of your own: the sound_id of a hit
OTHER = "7a90b1c2d3e4f5061728394a5b6c7d8e"

EXAMPLES: dict[str, Example] = {
    "typed": {
        "summary": "As in a text box",
        "value": {"text": "rain, no thunder dur:2..10 fmt:wav"},
    },
    "filters": {
        "summary": "With filters as fields",
        "value": {
            "text": "a door is shut",
            "filters": {
                "dur": {"lt": 5},
                "cat": {"any": ["DOOR*"]},
                "lufs": {"lt": -20},
                "tag": {"all": ["wet"], "none": ["used"]},
                "class": {"any": ["one-shot"]},
            },
        },
    },
    "browse": {
        "summary": "Filters alone, newest first, counted",
        "value": {
            "filters": {"added": {"gte": "2026-01-01"}, "tag": {"any": ["favourite"]}},
            "sort": "-added",
            "facets": ["category", "format", "duration", "folder", "tag"],
            "limit": 50,
        },
    },
    "like": {
        "summary": "Like this sound, but more metallic, and no music",
        "value": {
            "parts": [
                {"type": "item", "sound_id": SOUND, "start_s": 0, "end_s": 1.5},
                {"type": "text", "text": "more metallic", "weight": 0.5},
                {"type": "text", "text": "music", "negative": True},
            ]
        },
    },
    "refine": {
        "summary": "Within an earlier result",
        "value": {"text": "on a tent", "within": [SOUND, OTHER], "sort": "duration"},
    },
}
