"""How other languages say "without", "and" and "on", as far as it matters for what is unwanted."""


def _words(said: str) -> frozenset[str]:
    return frozenset(said.split())


DENIALS = {
    **dict.fromkeys(("ohne", "kein", "keine", "keinen"), "de"),
    "sin": "es",  # and how many write a sine, see foreign_denial.py
    "sans": "fr",
    "senza": "it",
    **dict.fromkeys(("zonder", "geen"), "nl"),
    "bez": "pl",
    "sem": "pt",
    "без": "ru",
}
# These mean nothing else where a text begins: "sans serif", "keine Ahnung".
UNMISTAKABLE = frozenset({"ohne", "senza", "zonder", "без"})
BUT = {
    "de": _words("aber"),
    "es": _words("pero"),
    "fr": _words("mais"),
    "it": _words("ma"),
    "nl": _words("maar"),
    "pl": _words("ale"),
    "pt": _words("mas"),
    "ru": _words("но"),
}
LISTING = {
    "de": _words("und oder noch"),
    "es": _words("y e o u ni"),
    "fr": _words("et ou ni"),
    "it": _words("e o né"),
    "nl": _words("en of"),
    "pl": _words("i lub ani"),
    "pt": _words("e ou nem"),
    "ru": _words("и или ни"),
}
# Prepositions that go on with what is wanted: "Schritte ohne Schuhe auf Kies".
PLACING = {
    "de": _words("auf in im an am bei mit aus unter über vor hinter neben während aber"),
    "es": _words("en con sobre bajo desde durante pero"),
    "fr": _words("dans sur avec sous pendant depuis mais"),
    "it": _words("in nel nella su sul sulla con sotto durante ma"),
    "nl": _words("in op met onder bij tijdens maar"),
    "pl": _words("w na z pod przy ale"),
    "pt": _words("em no na nos nas com sob sobre durante mas"),
    "ru": _words("в во на под при но"),
}
