"""Takes what OpenPGP programs write into the words of a mail out of them (RFC 9580 sections 6.2 and 7)."""

import re

_MARK = "-----BEGIN PGP "
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE.*?(?:^-----END PGP MESSAGE-----[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t\r]*\n(?:[A-Za-z-]+: [^\n]*\n)*[ \t\r]*\n", re.MULTILINE)
_SIGNATURE = re.compile(r"^-----BEGIN PGP SIGNATURE-----.*?(?:^-----END PGP SIGNATURE-----[^\n]*$|\Z)", re.M | re.S)
_DASHED = re.compile(r"^- (?=-)", re.MULTILINE)


def without_signature(text: str) -> str:
    """A text that was signed in place, as it was before. The signature is not checked."""
    if _MARK not in text or not _SIGNED.search(text):
        return text
    return _DASHED.sub("", _SIGNATURE.sub("", _SIGNED.sub("", text)))


def without_messages(text: str) -> tuple[str, str]:
    """A text without the encrypted messages in it, and these; "" where it has none."""
    found = _ENCRYPTED.findall(text) if _MARK in text else []
    return (_ENCRYPTED.sub("", text), "\n".join(found)) if found else (text, "")
