"""Normal forms of the texts that say who or which. Pure.

Two spellings are the same person, product or code if and only if their normal forms are the same
text. The forms are made here, and the database compares them code point by code point: left to
itself, MariaDB folds case, accents and emoji, and SQLite folds nothing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable

# Characters that nobody sees (Default_Ignorable_Code_Point, Unicode's DerivedCoreProperties):
# soft hyphen, joiners, direction marks, byte order mark, variation selectors, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# It separates words in scripts that write none between them.
_ZERO_WIDTH_SPACE = "\u200b"
# What word processors and telephones make of ' " and -. Before NFKC: it takes an acute accent of
# its own for a blank with one.
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u2032\u0060\u00b4\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    }
)
# A key's column. Hardly any name becomes longer by its normal form.
MAX_KEY_LENGTH = 500


class AddressRefused(ValueError):
    """An e-mail address that could be taken for another one, or that no mail server reaches.

    `letter` is the first character that makes it so.
    """

    def __init__(self, letter: str) -> None:
        super().__init__(letter)
        self.letter = letter


def without_invisible(text: str) -> str:
    """Return a text without the characters that nobody sees, and with single blanks."""
    visible = _INVISIBLE.sub("", text.replace(_ZERO_WIDTH_SPACE, " "))
    return " ".join(visible.split())


def normal_name(text: str) -> str:
    """Return the key of a name that people type, such as a product's.

    Case, width, composition, typographic marks and what nobody sees make no difference (NFKC and
    case folding, Unicode Standard Annex 15 and section 3.13). Accents and emoji do.
    """
    return _shortened(_until_stable(text, _folded_name))


def _folded_name(text: str) -> str:
    plain = without_invisible(text.translate(_TYPOGRAPHY))
    return unicodedata.normalize("NFKC", plain).casefold()


def _until_stable(text: str, step: Callable[[str], str]) -> str:
    """Repeat a step until it changes nothing more: composing may bring letters that fold again."""
    while (following := step(text)) != text:
        text = following
    return text


def _shortened(key: str) -> str:
    """Return a key that fits its column; one that is cut ends with its hash."""
    if len(key) <= MAX_KEY_LENGTH:
        return key
    fingerprint = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: MAX_KEY_LENGTH - len(fingerprint) - 1]}#{fingerprint}"


def normal_user_name(text: str) -> str:
    """Return the name that somebody signs in with: a telephone begins it with a capital."""
    return normal_name(text)


def normal_receipt(text: str) -> str:
    """Return a till's receipt number: letters' case and accents are a part of it."""
    return without_invisible(unicodedata.normalize("NFC", text))


def normal_code(text: str) -> str:
    """Return a voucher's code: capitals without blanks, however they were typed."""
    return _until_stable(text, _folded_code)


def _folded_code(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(without_invisible(text).split())).upper()


def normal_slug(text: str) -> str:
    """Return the part of an address that names something."""
    return _in_small_letters(unicodedata.normalize("NFC", text.strip()))


def normal_email(text: str) -> str:
    """Return an e-mail address in small letters, otherwise as typed.

    No letter is taken for another, as far as Unicode itself does not call them the same (NFC):
    a look-alike of a customer's address is somebody else's. Domains with letters beyond
    ASCII keep them.
    """
    return _in_small_letters(unicodedata.normalize("NFC", text.strip()))


def _in_small_letters(text: str) -> str:
    """Return a text in small letters; a sign such as K (Kelvin) does not become a letter k."""
    small = ((letter, letter.lower()) for letter in text)
    return "".join(
        letter if lower.isascii() and not letter.isascii() else lower for letter, lower in small
    )


def check_email(text: str) -> None:
    """Raise AddressRefused for an address whose e-mail could reach somebody else, or nobody.

    The local part is ASCII: mail servers need an extension for more (RFC 6531), and Python's own
    client has none. The domain is written as it is looked up: IDNA (RFC 3490) takes full-width
    letters, ß and the Kelvin sign for plain ones, and would send the e-mail to that domain.
    """
    local, _at, typed_domain = text.strip().rpartition("@")
    if not local.isascii():
        raise AddressRefused(_first(local, lambda letter: not letter.isascii()))
    domain = unicodedata.normalize("NFC", typed_domain)
    if not domain.isascii() and not _is_looked_up_as_written(domain):
        raise AddressRefused(_first(domain, lambda letter: not _is_looked_up_as_written(letter)))
    if any(_stands_for_ascii(letter) for letter in typed_domain):
        raise AddressRefused(_first(typed_domain, _stands_for_ascii))


def _stands_for_ascii(letter: str) -> bool:
    return not letter.isascii() and unicodedata.normalize("NFKC", letter).isascii()


def _is_looked_up_as_written(domain: str) -> bool:
    try:
        looked_up = domain.encode("idna").decode("idna")
    except UnicodeError:
        return False
    return looked_up == _in_small_letters(domain)


def _first(text: str, is_wrong: Callable[[str], bool]) -> str:
    return next((letter for letter in text if is_wrong(letter)), text)
