"""500 queries as people write them: on these int8 must rank as float32 does."""

_SOURCES = (
    *("footsteps on gravel", "footsteps in snow", "heels on marble", "door slam", "door creak"),
    *("heavy wooden door", "metal gate", "sliding glass door", "drawer", "lock and key"),
    *("rain on a tin roof", "heavy rain", "distant thunder", "wind in dry leaves", "howling wind"),
    *("ocean waves", "stream", "waterfall", "water splash", "dripping tap", "bubbles", "ice crack"),
    *("campfire", "explosion", "gunshot", "fireworks", "glass breaking", "wood splintering"),
    *("metal impact", "rock slide", "body fall", "punch", "sword draw", "whip crack", "arrow"),
    *("dog barking", "cat meowing", "horse gallop", "cow", "sheep", "rooster", "birdsong"),
    *("seagulls", "crow", "owl at night", "crickets", "frogs", "bees", "wolf howl", "lion roar"),
    *("baby crying", "child laughing", "man shouting", "woman screaming", "whispering", "cough"),
    *("sneeze", "breathing", "heartbeat", "applause", "stadium crowd", "restaurant murmur"),
    *("choir", "church bell", "bicycle bell", "alarm clock", "telephone ringing", "siren"),
    *("car horn", "car engine start", "car passing", "motorcycle", "truck reversing", "bus doors"),
    *("steam train", "subway arriving", "airplane overhead", "helicopter", "boat engine"),
    *("ship horn", "bicycle chain", "lawn mower", "chainsaw", "power drill", "hammer on nails"),
    *("hand saw", "sewing machine", "typewriter", "computer keyboard", "printer", "camera shutter"),
    *("coins", "paper tearing", "zipper", "vacuum cleaner", "washing machine", "dishes", "frying"),
    *("clock ticking", "toilet flush"),
)
_FRAMES = (
    "{}",
    "the sound of {}",
    "{}, slow and distant",
    "loud {} in a large hall",
    "{} outdoors",
)


def fixed_texts() -> tuple[str, ...]:
    """The texts, each once."""
    return tuple(frame.format(source) for source in _SOURCES for frame in _FRAMES)
