"""What it takes to be an answer."""

from foundsound.search.answers import answers
from foundsound.search.fusion import Candidate
from foundsound.search.strength import Scale
from foundsound.search.threshold import Threshold


def test_a_sound_that_cannot_be_heard_yet_answers_by_its_words_alone() -> None:
    threshold = Threshold(Scale(mean=0.1, deviation=0.1), least=3.0, enough=0.1)
    hinted, said = (
        Candidate(name, None, matched=share) for name, share in (("a", 0.05), ("b", 0.5))
    )
    found = list(answers(None, threshold, iter([(hinted, None), (said, None)]), show_weak=True))
    assert [(each.candidate, each.weak) for each in found] == [(hinted, True), (said, False)]
