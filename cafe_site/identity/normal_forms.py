"""Normal forms of identifiers: names, e-mail addresses, codes, receipts. Pure.

Two spellings identify the same person, product or code if and only if their normal forms are equal.
The database compares normal forms by code point: its own comparisons differ, because MariaDB
ignores case, accents and emoji, and SQLite ignores nothing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable

# Invisible characters (Default_Ignorable_Code_Point, Unicode's DerivedCoreProperties): soft hyphen,
# joiners, direction marks, byte order mark, variation selectors, tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# It separates words in scripts without spaces.
_ZERO_WIDTH_SPACE = "\u200b"
# Typographic variants of ' " and -. Replaced before NFKC, which turns a stand-alone acute accent
# into a space and an accent.
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u2032\u0060\u00b4\uff07", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    }
)
# The length of a key's column. Few names grow when they are normalised.
MAX_KEY_LENGTH = 500


class AddressRefused(ValueError):
    """An e-mail address that could be mistaken for another one, or that cannot receive e-mail.

    `letter` is the first character that is not allowed.
    """

    def __init__(self, letter: str) -> None:
        super().__init__(letter)
        self.letter = letter


def without_invisible(text: str) -> str:
    """Return a text without invisible characters and with single spaces."""
    visible = _INVISIBLE.sub("", text.replace(_ZERO_WIDTH_SPACE, " "))
    return " ".join(visible.split())


def normal_name(text: str) -> str:
    """Return the key of a typed name, such as a product's.

    Case, width, composition, typographic marks and invisible characters are ignored (NFKC and case
    folding, Unicode Standard Annex 15 and section 3.13). Accents and emoji count.
    """
    return _shortened(_until_stable(text, _folded_name))


def _folded_name(text: str) -> str:
    plain = without_invisible(text.translate(_TYPOGRAPHY))
    return unicodedata.normalize("NFKC", plain).casefold()


def _until_stable(text: str, step: Callable[[str], str]) -> str:
    """Repeat a step until nothing changes: composing can create characters that fold again."""
    while (following := step(text)) != text:
        text = following
    return text


def _shortened(key: str) -> str:
    """Return a key that fits its column; a longer one is cut and ends with its hash."""
    if len(key) <= MAX_KEY_LENGTH:
        return key
    fingerprint = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: MAX_KEY_LENGTH - len(fingerprint) - 1]}#{fingerprint}"


def normal_user_name(text: str) -> str:
    """Return the key of a user name, without case: telephones capitalise the first letter."""
    return normal_name(text)


def normal_receipt(text: str) -> str:
    """Return a till's receipt number; case and accents are significant."""
    return without_invisible(unicodedata.normalize("NFC", text))


def normal_code(text: str) -> str:
    """Return a voucher's code in capitals and without spaces."""
    return _until_stable(text, _folded_code)


def _folded_code(text: str) -> str:
    return unicodedata.normalize("NFKC", "".join(without_invisible(text).split())).upper()


def normal_slug(text: str) -> str:
    """Return a slug in lower case."""
    return _in_small_letters(unicodedata.normalize("NFC", text.strip()))


def normal_email(text: str) -> str:
    """Return an e-mail address in lower case and NFC, otherwise as typed.

    Look-alike characters stay different, because a look-alike of a customer's address belongs to
    somebody else. Non-ASCII domains keep their characters.
    """
    return _in_small_letters(unicodedata.normalize("NFC", text.strip()))


def _in_small_letters(text: str) -> str:
    """Return a text in lower case; a sign such as K (Kelvin) does not become an ASCII k."""
    small = ((letter, letter.lower()) for letter in text)
    return "".join(
        letter if lower.isascii() and not letter.isascii() else lower for letter, lower in small
    )


def check_email(text: str) -> None:
    """Raise AddressRefused for an address whose e-mail could reach somebody else, or nobody.

    The local part has to be ASCII: anything else needs an SMTP extension (RFC 6531) that Python's
    client lacks. The domain has to equal its IDNA form: IDNA (RFC 3490) replaces full-width
    letters, ß and the Kelvin sign, so the e-mail would go to another domain.
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
