"""The text box: what is description, what is not, and where an error is."""

import random
from contextlib import suppress
from typing import Any

import pytest

from foundsound.errors import QueryError
from foundsound.search.query.filters import KINDS, Filters
from foundsound.search.query.grammar import parse

ORDINARY = [
    "heavy rain on a metal roof",
    "dog barking at 3:00 - far away",
    "don't stop",
    "rock-n-roll, hyphenated-words and well-known places",
    "re: zero",
    "1,000 frogs",
    "a picture in 16:9",
    "name: what the file is called",
    "oh no, no! a scream",
    "a dog, no",
    '12" vinyl crackle',
    "-3 dB tone at -12 dBFS",
    "see http://example.org/a and std::string and C:\\Sounds",
    "rain (heavy); wind & hail / sleet @ night!?",
    "Übergänge - leise, 雨の音 🎉",
    "dur dur, folder and sr",
    "1:30 in",
    "the name: , and more",
    "man shouting no no no",
    "crowd chanting no more war",
    "symphony no 5, second movement",
    "Dr No theme",
    "engine not starting",
    "RAIN NOT THUNDER",
    "rain without, thunder",
    "SYMPHONY NO 5",
    "rain (no, thunder)",
]


def test_a_filter_needs_no_blank_behind_a_comma() -> None:
    understood = parse("rain,dur:<5 –fmt:mp3")
    assert understood.text == "rain"
    assert understood.filters == parse("dur:<5 -fmt:mp3").filters != Filters()


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_sentence_passes_unchanged(text: str) -> None:
    understood = parse(f"  {text}\n")
    assert (understood.text, understood.unwanted) == (text, ())
    assert understood.filters == Filters()
    assert understood.as_typed() == text


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("rain -thunder", "rain", ["thunder"]),
        ("-thunder rain", "rain", ["thunder"]),
        ("rain, no thunder", "rain", ["thunder"]),
        ("rain,no thunder", "rain", ["thunder"]),
        ("rain,-thunder", "rain", ["thunder"]),
        ("rain;-thunder,wind", "rain; wind", ["thunder"]),
        ("rain –thunder −wind", "rain", ["thunder", "wind"]),
        ("rain – thunder, −12 dB", "rain – thunder, −12 dB", []),
        ("rain,thunder", "rain, thunder", []),
        ("rain, not too loud, distant", "rain, distant", ["too loud"]),
        ("rain, no thunder or wind, distant", "rain, distant", ["thunder", "wind"]),
        ("rain, but without heavy wind.", "rain", ["heavy wind"]),
        ("rain; no thunder, no wind", "rain", ["thunder", "wind"]),
        ("rain -thunder, no wind", "rain", ["thunder", "wind"]),
        ("rain -thunder -thunder", "rain", ["thunder"]),
        ("rain -well-known", "rain", ["well-known"]),
        ("rain without thunder", "rain", ["thunder"]),
        ("rain but no thunder", "rain", ["thunder"]),
        ("Regen ohne Donner", "Regen", ["Donner"]),
        ("pluie, sans tonnerre", "pluie", ["tonnerre"]),
        ("RAIN NO THUNDER", "RAIN", ["THUNDER"]),
        ("rain (no thunder)", "rain", ["thunder"]),
        ("rain (no thunder, distant)", "rain (distant)", ["thunder"]),
        ("rain (no wind, no birds, light) roof", "rain (light) roof", ["wind", "birds"]),
        ("rain (fmt:wav, no wind) roof", "rain, roof", ["wind"]),
        ('rain (no "thunder") roof', "rain roof", []),
        ("BIRDSong_Blackbird - no traffic - morning", "BIRDSong_Blackbird - morning", ["traffic"]),
        ("forest, no wind / distant birds", "forest, / distant birds", ["wind"]),
        ("drum loop no kick no snare", "drum loop", ["kick", "snare"]),
        ("close, no reverb (mono) 24bit", "close, (mono) 24bit", ["reverb"]),
        ("crowd with no applause after speech", "crowd after speech", ["applause"]),
        ("voice says no problem", "voice says no problem", []),
        ("yes or no quiz buzzer", "yes or no quiz buzzer", []),
        ("rain (-thunder)", "rain", ["thunder"]),
        ("(dur:<5 rain)", "rain", []),
        ("(rain dur:<5) on a roof", "(rain) on a roof", []),
        ('rain (folder:"a b"), wind (-"roof")', "rain, wind", []),
        ("rain (-thunder -wind) on a roof", "rain on a roof", ["thunder", "wind"]),
        ("(-thunder) rain (-5 dB)", "rain (-5 dB)", ["thunder"]),
        ("rain\uff0cno thunder", "rain", ["thunder"]),
        ("rain\uff0c-thunder\uff1bwind", "rain, wind", ["thunder"]),
        ("(without thunder) rain", "rain", ["thunder"]),
        ("rain [no thunder, no wind], distant", "rain, distant", ["thunder", "wind"]),
        ("(no thunder), rain", "rain", ["thunder"]),
        ("rain (heavy, no thunder)", "rain (heavy)", ["thunder"]),
        ("rain [heavy, no thunder] on a roof", "rain [heavy] on a roof", ["thunder"]),
        ("rain (heavy -thunder), wind", "rain (heavy), wind", ["thunder"]),
        ("rain, no thunder) roof", "rain", ["thunder roof"]),
        ("engine, no longer running", "engine, no longer running", []),
        ("rain --thunder", "rain", ["thunder"]),
        ("no thunder, rain", "rain", ["thunder"]),
        ("without any birds in the forest", "in the forest", ["birds"]),
        ("low sin wave", "low sin wave", []),
        ("rain NOT thunder", "rain", ["thunder"]),
        ("forest no birds fmt:wav", "forest", ["birds"]),
        ("rain with no thunder and no wind", "rain", ["thunder", "wind"]),
        ("steps without any shoes on gravel", "steps on gravel", ["shoes"]),
        ("city without the traffic and horns, distant", "city, distant", ["traffic", "horns"]),
    ],
)
def test_unwanted_terms(text: str, wanted: str, unwanted: list[str]) -> None:
    understood = parse(text)
    assert (understood.text, list(understood.unwanted)) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("text", "dashed"),
    [
        ('rain NOT "heavy"', 'rain -"heavy"'),
        ('rain, no "heavy"', 'rain -"heavy"'),
        ('rain but without "heavy", distant', 'rain, distant -"heavy"'),
        ('rain without "heavy" or "light" wind', 'rain wind -"heavy" -"light"'),
        ("rain NOT fmt:wav", "rain -fmt:wav"),
        ("rain no folder:Weather dur:<5", "rain -folder:Weather dur:<5"),
        ('rain, no "heavy", "roof"', 'rain, "roof" -"heavy"'),
        ('rain no -"heavy"', 'rain -"heavy"'),
    ],
)
def test_a_no_is_a_dash_before_quotes_and_filters(text: str, dashed: str) -> None:
    understood, same = parse(text), parse(dashed)
    assert understood.text == same.text
    assert (understood.unwanted, understood.filters) == ((), same.filters)


@pytest.mark.parametrize(
    "text", ["no thunder", "dur:<5 without wind", "(no thunder)", "with no dog"]
)
def test_something_must_be_wanted(text: str) -> None:
    with pytest.raises(QueryError, match="Say what to find as well"):
        parse(text)


@pytest.mark.parametrize("text", ["-thunder", "no heavy thunder", "no thunder -wind dur:<5"])
def test_what_stands_beside_the_text_may_be_what_is_wanted(text: str) -> None:
    understood = parse(text, alone=False)
    assert understood.unwanted
    assert parse(understood.as_typed(), alone=False) == understood


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("dur:<5", {"dur": {"lt": 5}}),
        ("dur:<=500ms", {"dur": {"lte": 0.5}}),
        ("dur:>.25", {"dur": {"gt": 0.25}}),
        ("dur:2..10", {"dur": {"gte": 2, "lte": 10}}),
        ("dur:..1:30", {"dur": {"lte": 90}}),
        ("dur:1:00:00..", {"dur": {"gte": 3600}}),
        ("dur:5", {"dur": {"gte": 4.5, "lt": 5.5}}),
        ("dur:=2.0s", {"dur": {"gte": 1.95, "lt": 2.05}}),
        ("dur:>2 dur:<10 dur:<=10", {"dur": {"gt": 2, "lt": 10}}),
        ("DUR:>2min", {"dur": {"gt": 120}}),
        ("sr:>=96000", {"sr": {"gte": 96_000}}),
        ("sr:44.1k", {"sr": {"gte": 44_050, "lt": 44_150}}),
        ("sr:48000", {"sr": {"gte": 48_000, "lte": 48_000}}),
        ("ch:2", {"ch": {"gte": 2, "lte": 2}}),
        ("ch:stereo", {"ch": {"gte": 2, "lte": 2}}),
        ("ch:>5.1", {"ch": {"gt": 6}}),
        ("size:<10mb", {"size": {"lt": 10_000_000}}),
        ("size:>=1MiB", {"size": {"gte": 2**20}}),
        ("fmt:wav", {"fmt": {"any": ["wav"]}}),
        ("fmt:wav,FLAC, -fmt:.mp3", {"fmt": {"any": ["wav", "flac"], "none": ["mp3"]}}),
        ('folder:"Ambience/City"', {"folder": {"any": ["Ambience/City"]}}),
        ("folder:A folder:B -folder:“C D”", {"folder": {"any": ["A", "B"], "none": ["C D"]}}),
        ("folder:U\u0308bung", {"folder": {"any": ["\u00dcbung"]}}),
        ("root:nas", {"root": {"any": ["nas"]}}),
        ("name:*slam*", {"name": {"any": ["*slam*"]}}),
        ("added:>2026-01", {"added": {"gte": "2026-02-01"}}),
        ("added:>=2026-01", {"added": {"gte": "2026-01-01"}}),
        ("added:<=2026", {"added": {"lt": "2027-01-01"}}),
        ("added:2026-02-28", {"added": {"gte": "2026-02-28", "lt": "2026-03-01"}}),
        ("added:2025-12..2026-01-15", {"added": {"gte": "2025-12-01", "lt": "2026-01-16"}}),
        ('-"loop"', {"words": {"none": ["loop"]}}),
        ("bits:24", {"bits": {"gte": 24, "lte": 24}}),
        ("codec:pcm*,float", {"codec": {"any": ["float", "pcm*"]}}),
        ("cat:DOOR* cat:WATER/DRIP", {"cat": {"any": ["DOOR*", "WATER/DRIP"]}}),
        ('-cat:"guns, mil"', {"cat": {"none": ["guns", "mil"]}}),
        ("lufs:<-20", {"lufs": {"lt": -20}}),
        ("dur\uff1a\uff1c5 fmt\uff1awav", {"dur": {"lt": 5}, "fmt": {"any": ["wav"]}}),
        ("(dur:>2) [-fmt:mp3],", {"dur": {"gt": 2}, "fmt": {"none": ["mp3"]}}),
        ('(name:"a, b")', {"name": {"any": ["a, b"]}}),
        ("(dur:>2 fmt:wav)", {"dur": {"gt": 2}, "fmt": {"any": ["wav"]}}),
        ("(dur:>2, fmt:wav).", {"dur": {"gt": 2}, "fmt": {"any": ["wav"]}}),
        ("(name:foo(1))", {"name": {"any": ["foo(1)"]}}),
        ("fmt:wav 없는", {"fmt": {"none": ["wav"]}}),
        ('name:"\u96e8\uff0c\u591c"', {"name": {"any": ["\u96e8\uff0c\u591c"]}}),
        ("lufs:-30..-23.5", {"lufs": {"gte": -30, "lte": -23.5}}),
        ("lufs:-23", {"lufs": {"gte": -23.5, "lt": -22.5}}),
        ("peak:>\u22121dBTP", {"peak": {"gt": -1}}),
        ("bpm:90..110", {"bpm": {"gte": 90, "lte": 110}}),
        ("key:am,Bb", {"key": {"any": ["A#", "Am"]}}),
        ('key:"f# minor"', {"key": {"any": ["F#m"]}}),
        ("key:f# Minor", {"key": {"any": ["F#m"]}}),
        ("-key:Bb major", {"key": {"none": ["A#"]}}),
        ("class:Loop,oneshot", {"class": {"any": ["loop", "one-shot"]}}),
        ("state:Offline", {"state": {"any": ["offline"]}}),
        ("tag:wet tag:Loud", {"tag": {"all": ["Loud", "wet"]}}),
        ('tag:"door slam,wet" -tag:used', {"tag": {"any": ["door slam", "wet"], "none": ["used"]}}),
        ("-tag:*", {"tag": {"none": ["*"]}}),
        ('collection:"Trailer hits, 2026"', {"collection": {"any": ["Trailer hits, 2026"]}}),
        ("artist:ada -library:old", {"artist": {"any": ["ada"]}, "library": {"none": ["old"]}}),
        ('desc:oak desc:"long tail"', {"desc": {"all": ["long tail", "oak"]}}),
        ('words:"metal  door"', {"words": {"all": ["metal door"]}}),
    ],
)
def test_typed_filters_equal_those_in_json(text: str, fields: dict[str, Any]) -> None:
    understood = parse(text)
    assert understood.filters == Filters.model_validate(fields)
    assert understood.text == ""
    assert Filters.model_validate_json(understood.filters.model_dump_json()) == understood.filters


def test_quoted_words_describe_and_must_be_there() -> None:
    understood = parse('heavy "metal door", no squeak')
    assert understood.text == "heavy metal door"
    assert understood.filters == Filters.model_validate({"words": {"all": ["metal door"]}})
    assert understood.unwanted == ("squeak",)
    assert understood.as_typed() == 'heavy "metal door" -squeak'


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("lluvia sin trueno", "lluvia", ["trueno"]),
        ("lluvia, pero sin trueno", "lluvia", ["trueno"]),
        ("sin wave sweep", "sin wave sweep", []),
        ("rain or sin", "rain or sin", []),
        ("дождь без грома", "дождь", ["грома"]),
        ("Regen und kein Donner", "Regen", ["Donner"]),
        ("Regen, aber kein Donner", "Regen", ["Donner"]),
        ("pluie mais sans tonnerre", "pluie", ["tonnerre"]),
        ("雨\uff0c没有雷", "雨", ["雷"]),
        ("没有雷的雨", "雨", ["雷"]),
        ("雷なしの雨", "雨", ["雷"]),
        ("雨、雷なし", "雨", ["雷"]),
        ("はなし", "はなし", []),
        ("천둥 없는 비", "비", ["천둥"]),
        ("비, 천둥 없음", "비", ["천둥"]),
        ("비 소리 , 없음", "비 소리 , 없음", []),
        (", 없는", "없는", []),
        ("Regen ohne Wind und Donner", "Regen", ["Wind", "Donner"]),
        ("pluie sans vent ni tonnerre", "pluie", ["vent", "tonnerre"]),
        ("雨没有雷和风", "雨", ["雷", "风"]),
        ("Schritte ohne Schuhe auf Kies", "Schritte auf Kies", ["Schuhe"]),
        ("pasos sin zapatos en la grava", "pasos en la grava", ["zapatos"]),
        ("música sin voz", "música", ["voz"]),
        ("lluvia (sin trueno)", "lluvia", ["trueno"]),
        ("비 (천둥 없는)", "비", ["천둥"]),
        ("雨(雷なし)", "雨", ["雷"]),
        ("雨\uff08没有雷\uff09", "雨", ["雷"]),
        ("「没有雷」的雨", "雨", ["雷"]),
        ("chuva no telhado", "chuva no telhado", []),
        ("pássaros no parque, sem vento", "pássaros no parque", ["vento"]),
        ("chuva mas sem trovão", "chuva", ["trovão"]),
        ("tono sin", "tono sin", []),
        ("motor sin 440", "motor sin 440", []),
        ("seven deadly sin chant", "seven deadly sin chant", []),
        ("sawtooth sin triangle", "sawtooth sin triangle", []),
        ("hum of SEM vacuum pump", "hum of SEM vacuum pump", []),
        ("deszcz bez grzmotu", "deszcz", ["grzmotu"]),
        ("vozes no corredor", "vozes no corredor", []),
        ("ginger ale without ice", "ginger ale", ["ice"]),
        ("guitar chord A and E without reverb", "guitar chord A and E", ["reverb"]),
        ("sans serif click", "sans serif click", []),
        ("Comic Sans typing", "Comic Sans typing", []),
        ("keine Ahnung", "keine Ahnung", []),
        ("ohne Donner, Regen", "Regen", ["Donner"]),
        ("栓抜きの音", "栓抜きの音", []),
        ("洋なしの音", "洋なしの音", []),
        ("雷なし", "雷なし", []),
        ("有没有雨", "有没有雨", []),
        ('没有雷的"雨"', '没有雷的"雨"', []),
        ("声音\uff1a雨声", "声音\uff1a雨声", []),
        ("rain (dur:)", "rain (dur:)", []),
        ("file (name: 3)", "file (name: 3)", []),
        ("tone hz=440", "tone hz=440", []),
        ("level<boss", "level<boss", []),
    ],
)
def test_other_languages_say_what_is_not_wanted(
    text: str, wanted: str, unwanted: list[str]
) -> None:
    understood = parse(text)
    assert (understood.text, list(understood.unwanted)) == (wanted, unwanted)
    assert parse(understood.as_typed()) == understood


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("rain lenght:5", "lenght", "did you mean 'dur:'?"),
        ("rain fomt:wav", "fomt", "did you mean 'fmt:'?"),
        ("rain scene:12A", "scene", "not known"),
        ("rain categry:DOOR*", "categry", "did you mean 'cat:'?"),
        ("takes:24", "takes", "blank after the colon"),
        ("rain lufs:-20..-30", "-20..-30", "lower bound must come first"),
        ("rain lufs:-1001", "-1001", "greater than or equal to -1000"),
        ("rain lufs:quiet", "quiet", "for example 'lufs:<-20'"),
        ("rain dur:1:75", "1:75", "for example 'dur:"),
        ("rain fmt:wav,xyz,mp3", "xyz", "no audio format"),
        ('rain fmt:"wav,xyz"', "xyz", "no audio format"),
        ("rain lufs:<-20k", "<-20k", "units are lufs, lkfs, db"),
        ("-lufs:<-20", "<-20", "turn the comparison round"),
        ("rain bits:-24", "-24", "for example"),
        ("rain key:H", "H", "no musical key"),
        ("rain state:lost", "lost", "online, offline"),
        ("rain dur<5", "dur<5", "colon behind the filter's name: 'dur:<5'"),
        ("lufs<=-20, rain", "lufs<=-20,", "'lufs:<=-20'"),
        ("rain ch=2", "ch=2", "'ch:2'"),
        ("rain duration<5.", "duration<5.", "'dur:<5'"),
        ("rain class:music", "music", "one-shot, loop, ambience"),
        ("rain tag:a,b tag:c,d", "c,d", "only once"),
        ("rain tag:", "tag:", "such as 'tag:favourite'"),
        ('rain collection:""', '""', "needs a value"),
        ("rain dur:soon", "soon", "such as 'dur:<5'|for example 'dur:<5'"),
        ("rain dur:-5", "-5", "for example"),
        ("rain dur:10..2", "10..2", "lower bound must come first"),
        ("rain dur:..", "..", "for example"),
        ("rain dur:<5kg", "<5kg", "units are s, ms, m, min, h"),
        ("ch:2k", "2k", "no unit"),
        ("rain dur:>5 and dur:<3", "<3", "before it"),
        ("rain -dur:<3", "<3", "turn the comparison round"),
        ("rain dur: <5", "dur:", "without a blank"),
        ("rain dur:", "dur:", "needs a value"),
        ("rain fmt:,", "fmt:", "needs a value"),
        ("rain fmt:wvv", "wvv", "no audio format"),
        ("added:2026-13", "2026-13", "no date 2026-13"),
        ("added:2026-02-30", "2026-02-30", "no date"),
        ("added:yesterday", "yesterday", "year, month and day"),
        ("added:<2026 added:>2027", ">2027", "No day"),
        ('rain "on the roof', '"on the roof', "no end"),
        ('rain folder:"City', '"City', "no end"),
        ('rain ""', '""', "Nothing stands between"),
        ('rain folder:""', '""', "needs a value"),
        ('rain name:a"b', 'a"b', "is no value"),
        (f"name:{'x' * 400}", "x" * 400, "is no value"),
        ("-thunder dur:<5", "-thunder", "what to find as well"),
    ],
)
def test_an_error_names_its_place(text: str, place: str, words: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text)
    start, end = raised.value.span
    assert text[start:end] == place
    assert any(each in str(raised.value) for each in words.split("|"))


def test_every_filter_names_an_example_that_is_accepted() -> None:
    for key, kind in KINDS.items():
        assert list(dict(parse(f"{key}:{kind.example}").filters.given())) == [key]


PIECES = (
    *("rain", "no", "not", "or", "but", "thunder", "without", "NOT"),
    *("and", "in", "the", "more", "5", "(no", "[not", "(", "thunder)", "]"),
    *("dur", "re:", "16:9", "1:30", "é", "🎉", "a"),
    *("dur:", "dur:<5", "dur:>2", "fmt:wav", "-fmt:mp3,", "ch:", "folder:", "words:", "name:"),
    *(
        "tag:",
        "tag:wet,loud",
        "cat:DOOR*",
        "lufs:<-20",
        "key:Bb",
        "class:loop",
        "collection:",
        "bits:",
    ),
    *("sr:44.1k", "size:10mb", "added:", "2026", '"', "“", "”", "„", "\\", "*", "\n", "\t", "\0"),
    *(",", ";", ".", "-", ":", "..", "=", "<", " ", "  ", "\u00a0", "//"),
)


def test_any_text_is_understood_or_refused_with_a_place() -> None:
    rng = random.Random(20)
    accepted, refused = 0, list[tuple[str, QueryError]]()
    for _ in range(8000):
        text = "".join(
            rng.choice(PIECES) + rng.choice(["", " "]) for _ in range(rng.randint(1, 12))
        )
        try:
            understood = parse(text)
        except QueryError as error:
            refused.append((text, error))
        else:
            accepted += 1
            assert parse(understood.as_typed()) == understood, text
            again = Filters.model_validate_json(understood.filters.model_dump_json())
            assert again == understood.filters
    assert accepted > 2000
    assert len(refused) > 2000
    for text, refusal in refused:
        start, end = refusal.span
        assert 0 <= start < end <= len(text), text
        assert str(refusal).endswith((".", "?")), text


def test_random_characters_raise_nothing_else() -> None:
    rng = random.Random(21)
    for _ in range(3000):
        text = "".join(
            chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x3000)])) for _ in range(20)
        )
        with suppress(QueryError):
            parse(text)
