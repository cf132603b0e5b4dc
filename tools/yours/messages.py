"""Messages such as a town hall may get, 600 of them, put together from phrases by a program: nobody sent them.

`tools.make_datasets` writes them to `aecourse/data/yours/messages.txt`, one a paragraph.
"""

from __future__ import annotations

import numpy as np

MESSAGES = 600
TWO = 0.15  # the share that speaks of two things

# What a message is about: who or what, what is the matter, what is asked for.
SUBJECTS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("A large dog", "The terrier next door", "A puppy without a leash", "The neighbour's hound"),
        ("barks all night", "bit a child", "chases the ducks", "growls at cyclists", "leaves its dirt on the lawn"),
        ("Dogs should be kept on a leash.", "Please put up a sign for dog owners.", "Who is the owner of the animal?"),
    ),
    (
        ("The street lamp", "A lantern", "The light at the crossing", "The bulb over the stairs"),
        ("is broken", "flickers", "has been dark for weeks", "goes out at midnight", "shines into my bedroom"),
        ("Please replace the bulb.", "It is too dark to walk there.", "An electrician should look at the cable."),
    ),
    (
        ("The rubbish", "A heap of garbage", "The waste bin", "A bag of litter"),
        ("was not collected", "smells in the heat", "is overflowing", "attracts rats", "was torn open by crows"),
        ("When will the bins be emptied?", "We need a larger bin.", "Please send the garbage truck."),
    ),
    (
        ("The music from the bar", "A loud party", "The drum band", "Shouting and singing"),
        ("keeps us awake", "goes on until three", "can be heard through closed windows", "gives me a headache"),
        ("The noise must stop at ten.", "Nobody can sleep here.", "Please measure how loud it is."),
    ),
    (
        ("An old oak", "The tree before my house", "A branch of the chestnut", "The birch on the square"),
        ("is rotten", "fell in the storm", "hangs over the path", "loses its leaves in June", "blocks the gutter"),
        ("Could a gardener prune it?", "Its roots lift the pavement.", "Please plant a new tree there."),
    ),
    (
        ("The road", "A deep hole in the asphalt", "The pavement", "The surface of the lane"),
        (
            "damages every wheel",
            "is full of cracks",
            "was never repaired",
            "is slippery with ice",
            "sinks by the bridge",
        ),
        ("Please repair the surface.", "A cyclist fell there.", "The gravel should be swept away."),
    ),
    (
        ("A lorry", "Somebody's car", "A van with a trailer", "The red vehicle"),
        ("is parked on the pavement", "blocks my garage", "has stood there for months", "takes two parking spaces"),
        ("Please tow it away.", "We need a parking permit for residents.", "Can the driver be fined?"),
    ),
    (
        ("The swing", "The slide", "The sandbox", "The climbing frame"),
        ("has a loose screw", "is too high for small children", "is dirty", "was damaged by teenagers", "squeaks"),
        ("Our children play there daily.", "The playground needs a fence.", "A toddler was hurt."),
    ),
    (
        ("The library", "The reading room", "The shelf with novels", "The librarian's desk"),
        ("closes too early", "has no new books", "is always crowded", "could lend magazines", "has no catalogue"),
        ("Students need a quiet place to read.", "Please buy more books for children.", "I returned my book in time."),
    ),
    (
        ("The swimming pool", "The water in the pool", "The shower at the bath", "The lifeguard"),
        ("is too cold", "smells of chlorine", "is closed on Sunday", "was not there", "is crowded with swimmers"),
        ("My son learns to swim.", "Please heat the pool.", "When are swimming lessons held?"),
    ),
    (
        ("The bus", "The last tram", "The morning train", "The ferry"),
        ("is always late", "does not stop here", "is too full", "left before its time", "costs too much"),
        ("Passengers wait in the rain.", "We need a shelter at the stop.", "Please print a new timetable."),
    ),
    (
        ("A pipe", "The drain", "The water main", "The sewer"),
        ("leaks", "is clogged", "floods the cellar after rain", "burst last night", "gurgles"),
        ("A plumber should come at once.", "There is water in my basement.", "Please clean the drain."),
    ),
)
ENDS = (
    "Thank you.",
    "With kind regards.",
    "I wrote about this before.",
    "Many in our street think so.",
    "",
    "",
    "",
    "",
)


def messages() -> bytes:
    """The file."""
    rng, different = np.random.default_rng(0), dict[str, None]()
    while len(different) < MESSAGES:
        different.setdefault(_message(rng))
    return ("\n\n".join(different) + "\n").encode()


def _message(rng: np.random.Generator) -> str:
    about = rng.choice(len(SUBJECTS), 2 if rng.random() < TWO else 1, replace=False)
    parts = [sentence for i in about for sentence in _about(rng, i)]
    return " ".join(part for part in [*parts, _one(rng, ENDS)] if part)


def _about(rng: np.random.Generator, i: int) -> tuple[str, str]:
    who, what, asked = SUBJECTS[i]
    return f"{_one(rng, who)} {_one(rng, what)}.", _one(rng, asked)


def _one(rng: np.random.Generator, texts: tuple[str, ...]) -> str:
    return texts[rng.integers(len(texts))]
