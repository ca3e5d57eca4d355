"""What makes labels hard to choose between, told in sentences that help."""

import numpy as np

from foundsound.hearing.label_vectors import LabelVectors

FEW, MANY = 2, 50
SAME_TEXTS = 0.9  # cosine
MOST_PAIRS = 5  # that are named


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT_VERBS = _words(  # that end in -ing
    "building ceiling clothing evening king lightning morning opening ping ring spring sting "
    "string swing thing wing bling sling wedding railing siding bowling boxing"
)
ACTIONS = _words(
    "break bring carry clap climb close cook cry cut dig drag drink drive drop eat fall fill go "
    "grab hit jump kick knock laugh lift make move open pour press pull push put read ride run "
    "scream shake shout shut sing slam sneeze speak swim take talk throw touch turn type walk "
    "wash write"
)
ARTICLES = _words("a an the some my your his her their")


def label_warnings(labels: LabelVectors) -> list[str]:
    """Warnings about the whole list, then about single labels."""
    found = []
    if len(labels.names) < FEW:
        found.append(
            "With one label there is nothing to choose between, and its score is always 1; add "
            "labels for what else may be heard, or ask for 'none of these'."
        )
    if len(labels.names) > MANY:
        found.append(
            f"{len(labels.names)} labels are many: the more there are, the oftener a wrong one "
            f"fits by chance. Up to {MANY} work well."
        )
    found += _alike(labels)
    found += [sentence for name in labels.names if (sentence := verb_warning(name))]
    return found


def verb_warning(label: str) -> str | None:
    """Says so if a label names an action instead of what sounds."""
    words = label.casefold().split()
    action = (
        words[0] == "to"
        or (len(words) == 1 and words[0] in ACTIONS)
        or (len(words) > 1 and words[0] in ACTIONS and words[1] in ARTICLES)
    )
    if action:
        return f"'{label}' is an action; name what is heard, as in 'door slam' or 'a man shouting'."
    alone = len(words) == 1 and words[0].endswith("ing") and len(words[0]) > 4
    if alone and words[0] not in NOT_VERBS:
        return f"'{label}' does not say what is heard doing so; 'dog barking' tells more."
    return None


def _alike(labels: LabelVectors) -> list[str]:
    firsts = labels.phrases[labels.starts]
    cosines = np.triu(firsts @ firsts.T, 1)
    pairs = np.argwhere(cosines >= SAME_TEXTS)
    pairs = pairs[np.argsort(-cosines[tuple(pairs.T)])]
    told = [
        f"'{labels.names[a]}' and '{labels.names[b]}' mean nearly the same to the model, so they "
        "share their score; keep one, or make the other its synonym."
        for a, b in pairs[:MOST_PAIRS].tolist()
    ]
    if len(pairs) > MOST_PAIRS:
        told.append(f"So do {len(pairs) - MOST_PAIRS} more pairs of labels.")
    return told
