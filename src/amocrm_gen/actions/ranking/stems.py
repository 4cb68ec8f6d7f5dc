"""What is left of a word without its endings, in English, Russian and Spanish.

Words of the lexicon and words of requests are cut alike, so a stem need not be a word: it must only
be the same for all forms of one word. The words are folded before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

__all__ = ["LANGUAGES", "stem"]

LANGUAGES: Final = ("en", "ru", "es")


def _endings(*groups: str) -> frozenset[str]:
    return frozenset(ending for group in groups for ending in group.split())


_ADJECTIVE: Final = "ыи ии ои ая яя ое ее ые ие ого его ому ему ым им ыми ими ых их ую юю еи ом ем"
_PASSIVE: Final = " ".join(
    f"{middle}{ending}"
    for middle in ("анн", "енн", "янн")
    for ending in [*_ADJECTIVE.split(), "а", "о", "ы"]
)
_VERBAL_NOUN: Final = " ".join(
    f"{middle}{ending}"
    for middle in ("ани", "ени", "яни")
    for ending in "е я ю и ем еи ям ями ях".split()  # noqa: SIM905 - a list of endings reads best so
)
_RUSSIAN: Final = _endings(
    _ADJECTIVE,
    _PASSIVE,
    _VERBAL_NOUN,
    "иеи иею иями ями ами ах ях ам ям ов ев ью ия ию ием иям иях а я о е и ы у ю ь",
    "ать ять ить еть уть ыть авать ывать ивать овать аю яю аем яем аешь ает яет ают яют аете",
    "ишь ите ешь ете ал ала али ало ил ила или ило ыл ыла ыли ял яла яли",
    "аи аите яи яите ьте ан ана аны ано ен ена ено ены ываю ывает ываем уи уите",
)
_SPANISH: Final = _endings(
    "amiento amientos imiento imientos acion aciones icion iciones cion ciones",
    "ando iendo ado ada ados adas ido ida idos idas ar er ir are ara aran ire ira iran",
    "s o a e os as es an en amos emos imos aste aron ieron io ia ios ias",
    "arlo arla arlos arlas arle arles arme arnos erlo erla erlos erlas irlo irla irlos irlas irle",
)
_ENCLITICS: Final = (
    "melo",
    "mela",
    "selo",
    "sela",
    "nos",
    "les",
    "los",
    "las",
    "me",
    "lo",
    "la",
    "le",
)
_LABIALS: Final = "бвпмф"
_SHORTEST: Final = 3
_LONGEST: Final = 8


@lru_cache(maxsize=16_384)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word; a word of three letters or fewer is its own."""
    if len(word) <= _SHORTEST:
        return word
    if language == "ru":
        return _russian(word)
    return _english(word) if language == "en" else _spanish(word)


def _cut(word: str, endings: frozenset[str]) -> str:
    """Cut the longest ending that leaves enough."""
    for start in range(max(_SHORTEST, len(word) - _LONGEST), len(word)):
        if word[start:] in endings:
            return word[:start]
    return word


def _russian(word: str) -> str:
    if len(word) > 5 and word.endswith(("ся", "сь")):
        word = word[:-2]
    cut = _cut(word, _RUSSIAN)
    if cut[-1] == "л" and len(cut) > 4 and cut[-2] in _LABIALS:  # добавить, добавлю, добавление
        return cut[:-1]
    return cut


def _english(word: str) -> str:
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word.removesuffix(ending)
            break
    if word.endswith("e") and len(word) > _SHORTEST + 1:
        word = word[:-1]
    if len(word) > _SHORTEST and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def _spanish(word: str) -> str:
    for enclitic in _ENCLITICS:
        rest = word.removesuffix(enclitic)
        if rest != word and len(rest) > _SHORTEST and rest.endswith(("r", "ndo")):
            word = rest
            break
    else:
        for enclitic in ("melo", "mela", "selo", "me", "nos"):
            rest = word.removesuffix(enclitic)
            if rest != word and len(rest) > _SHORTEST and rest[-1] in "ae":
                word = rest
                break
    return _cut(word, _SPANISH)
