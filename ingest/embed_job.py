"""What the child that embeds is told when it starts."""

import json
from dataclasses import dataclass

from foundsound.settings import Settings


@dataclass(frozen=True)
class EmbedJob:
    """The model, by the name that makes it, and the settings that it is made with."""

    model: str
    settings: Settings

    def to_json(self) -> str:
        """One line of text, for a command line."""
        return json.dumps({"model": self.model, "settings": self.settings.model_dump(mode="json")})

    @staticmethod
    def from_json(text: str) -> "EmbedJob":
        """What :meth:`to_json` made."""
        told = json.loads(text)
        return EmbedJob(told["model"], Settings(**told["settings"]))
