"""Section 1: what counts as the same words.

`identical` is decided by the text, never by hand: two wordings are identical when their normalised texts are equal.
"""

import re
import unicodedata
from hashlib import sha256

_FOLDED = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a`\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff")
)


def normalise(text: str, number: str | None = None) -> str:
    """The text as it is compared: NFC, with white space, quote marks and dashes folded and its own number dropped."""
    words = " ".join(unicodedata.normalize("NFC", text).translate(_FOLDED).split())
    if number is None or not (own := normalise(number)):
        return words
    # A bare number stays: in "6 billion" it is no numbering.
    return re.sub(rf"^\(?{re.escape(own.rstrip('.):'))}(?:[.):]+| -)(?: |$)", "", words)


def text_sha256(text: str, number: str | None = None) -> str:
    """The fingerprint by which two wordings are told to be identical."""
    return sha256(normalise(text, number).encode()).hexdigest()
