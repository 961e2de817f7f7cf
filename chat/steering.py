"""Words that lead a payment out of Bisat's protection. Whoever reads them is warned; nothing is held back."""

import re

from core.money import to_ascii_digits

_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[0-9]{2}(?:[ \u200c-]?[A-Z0-9]){11,30})(?![A-Z0-9])")
_CARD = re.compile(r"(?<![0-9])[2-69][0-9]{3}(?:([ \u200c-]?)[0-9]{4})(?:\1[0-9]{4}){2}(?![0-9])")
_MESSENGER = re.compile(r"\b(?:wa\.me|t\.me|whats ?app|telegram)\b|واتس\s?[اآ]پ|تلگرام|ایتا\b|روبیکا", re.IGNORECASE)
_PAY = re.compile(
    r"\b(?:pay|paying|payment|transfer|deposit|wire|bank|card|iban|send (?:the )?money)\b"
    r"|پرداخت|واریز|پول|انتقال|حساب|کارت|شبا",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:pay|paying|payment|deal|buy|transfer|settle)\b[^.!?\n]{0,40}"
    r"\b(?:outside|off)\b(?: of)?(?: the)? (?:bisat|app|site|platform|website)\b"
    r"|\bpay(?:ing)? (?:me |us )?(?:outside|off[- ]platform)\b"
    r"|\bwithout bisat\b"
    r"|(?:خارج|بیرون) از (?:بساط|برنامه|سایت|اپ)"
    r"|کارت به کارت"
    r"|(?:به|این) (?:شماره )?(?:کارت|حساب|شبا)\w* (?:\w+ ){0,2}(?:واریز|بزن|بریز|انتقال)",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:never|don'?t|do not|won'?t|not)\b[^.!?\n]{0,24}$", re.IGNORECASE)


def _is_iban(text: str) -> bool:
    """ISO 13616: the two ends swapped, letters as numbers, remainder 1."""
    plain = re.sub(r"[^A-Z0-9]", "", text)
    return 15 <= len(plain) <= 34 and int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    """ISO/IEC 7812: Luhn's check digit."""
    digits = [int(sign) for sign in reversed(text) if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _has_iban(text: str) -> bool:
    """Some bank account's number, also with words right behind it."""
    for match in _IBAN.finditer(text.upper()):
        groups = match[1].split(" ")
        if any(_is_iban("".join(groups[:n])) for n in range(1, len(groups) + 1)):
            return True
    return False


def steers_outside(text: str) -> bool:
    """Whether the text names a bank account or card, or asks to pay anywhere but here (English and Persian)."""
    plain = to_ascii_digits(text).replace("\u200c", " ").replace("ي", "ی").replace("ك", "ک")
    if _has_iban(plain) or any(_is_card(match[0]) for match in _CARD.finditer(plain)):
        return True
    if _MESSENGER.search(plain) and _PAY.search(plain):
        return True
    return any(not _DENIED.search(plain[: match.start()]) for match in _OUTSIDE.finditer(plain))
