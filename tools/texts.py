"""The course's texts: WordNet's definitions, pairs of words that people judged, and papers with summaries.

Each becomes one file of lines, compressed by LZMA, which Python opens by itself. `tools.make_datasets` runs these.
"""

from __future__ import annotations

import io
import json
import lzma
import re
from pathlib import PurePath

from tools import make_datasets

# The files of lexicographers, in WordNet's own order and numbers (lexnames(5WN)).
KINDS = re.findall(
    r"\S+",
    "adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition "
    "noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person "
    "noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state "
    "noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition "
    "verb.consumption verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social "
    "verb.stative verb.weather adj.ppl",
)
HYPERNYM = ("@", "@i")
ASPECTS = ("challenge", "approach", "outcome")
FREE = 2016  # from this year on the papers of the ACL Anthology are CC BY 4.0


def packed(text: str) -> bytes:
    """A text as bytes, the same on every machine."""
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def glosses() -> bytes:
    """All senses of WordNet 3.0: words, definition, examples, kind, and the more general senses, column by column.

    Columns follow one another, a line a sense: in this order a compressor finds more. The licence stands before them,
    which asks to be on every copy.
    """
    files = make_datasets.debian_package("wordnet-base", "1:3.0-37")
    rows: list[tuple[list[str], str]] = []
    place: dict[tuple[str, str], int] = {}
    for part in ("noun", "verb", "adj", "adv"):
        for line in files[f"usr/share/wordnet/data.{part}"].decode("latin-1").splitlines():
            if line.startswith("  "):  # the licence
                continue
            head, _, said = line.partition("| ")
            numbers = head.split()
            place[part[0] if part != "adv" else "r", numbers[0]] = len(rows)
            rows.append((numbers, said.strip()))
    columns: list[list[str]] = [[], [], [], [], []]
    for numbers, said in rows:
        count = int(numbers[3], 16)
        words = [re.sub(r"\(.*\)$", "", numbers[4 + 2 * i]).replace("_", " ") for i in range(count)]
        first = 5 + 2 * count  # of the pointers: symbol, offset, part of speech, source and target
        pointers = [numbers[i : i + 4] for i in range(first, first + 4 * int(numbers[first - 1]), 4)]
        above = [place[part, offset] for symbol, offset, part, _ in pointers if symbol in HYPERNYM]
        quoted = re.search(r'(^|[;:,]\s*)"', said)
        columns[0].append(KINDS[int(numbers[1])])
        columns[1].append("|".join(words))
        columns[2].append((said[: quoted.start()] if quoted else said).strip(" ;"))
        columns[3].append("|".join(example.strip() for example in re.findall(r'"([^"]+)"', said)))
        columns[4].append(" ".join(map(str, above)))
    licence = re.search(r"License: WordNet3.0\n(.*?)\n\n", files[COPYRIGHT].decode(), re.DOTALL)
    assert licence, "the licence is not where it was"
    notice = [line.strip() for line in licence[1].splitlines()]
    return packed("\n".join([f"{len(notice)} {len(rows)}", *notice, *(line for column in columns for line in column)]))


COPYRIGHT = "usr/share/doc/wordnet-base/copyright"


def word_pairs() -> bytes:
    """The 353 pairs of WordSim-353 with the mean of what people said, from 0 to 10."""
    with make_datasets.wheel("gensim", "4.4.0") as archive:
        text = archive.read("gensim/test/test_data/wordsim353.tsv").decode()
    return packed("\n".join(line for line in text.splitlines() if not line.startswith("#")))


def papers() -> bytes:
    """The papers of ACLSum that may be passed on: title, authors, sentences, what people marked, and summaries."""
    lines = []
    with make_datasets.wheel("aclsum", "0.1.2") as archive:
        authors = {
            PurePath(name).stem: [
                " ".join(filter(None, (a["first"], *a["middle"], a["last"], a["suffix"])))
                for a in json.load(io.BytesIO(archive.read(name)))["authors"]
            ]
            for name in archive.namelist()
            if name.startswith("aclsum/dataset/paper_jsons/") and name.endswith(".json")
        }
        for part in ("train", "val", "test"):
            for line in archive.read(f"aclsum/dataset/{part}.jsonl").decode().splitlines():
                paper = json.loads(line)
                if year(paper["id"]) < FREE:
                    continue
                sections = [s for s in ("abstract", "introduction", "conclusion") if paper["sentences"].get(s)]
                marks = [paper["highlights"][aspect] for aspect in ASPECTS]
                kept = {
                    "part": part,
                    "id": paper["id"],
                    "title": paper["title"],
                    "authors": authors[paper["id"]],
                    "sentences": {s: paper["sentences"][s] for s in sections},
                    "marked": {s: list(zip(*(mark[s] for mark in marks), strict=True)) for s in sections},
                    "summary": " ".join(paper["summary"][aspect] for aspect in ASPECTS),
                }
                lines.append(json.dumps(kept, ensure_ascii=False))
    return packed("\n".join(lines))


def year(name: str) -> int:
    """The year in an identifier of the ACL Anthology: 2021.acl-long.57, or P19-1001 before 2020."""
    if re.match(r"\d{4}\.", name):
        return int(name[:4])
    short = int(name[1:3])
    return 1900 + short if short > 50 else 2000 + short
