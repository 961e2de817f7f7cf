"""Reads the array under one key of a large JSON object, element by element, in bounded memory."""

import codecs
import json
from collections.abc import Callable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from sellers.catalogue.reader import BadFile

CHUNK = 64 * 1024
LONGEST = 2**20  # letters of one value
_SPACE = " \t\n\r"


class _Window:
    """The part of the text that is looked at now."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder()
        self._text, self._at, self._is_whole = "", 0, False

    def _grow(self) -> bool:
        """Reads as much again as there is left; False at the end of the file."""
        if self._is_whole:
            return False
        left = self._text[self._at :]
        if len(left) > LONGEST:
            raise BadFile(_("The export holds a message that is longer than a message may be."))
        block = self._file.read(max(CHUNK, len(left)))
        self._is_whole = not block
        try:
            self._text, self._at = left + self._decoder.decode(block, final=self._is_whole), 0
        except UnicodeDecodeError:
            raise BadFile(_("The export is not UTF-8.")) from None
        return True

    def peek(self) -> str:
        """The next letter that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise BadFile(_("The export is broken off or no export at all."))
        self._at += 1

    def value(self) -> Any:
        """The JSON value that begins here."""
        self.peek()
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError, ValueError) as error:
                if isinstance(error, json.JSONDecodeError) and self._grow():
                    continue
                raise BadFile(_("The export is broken off or no export at all.")) from None
            if end == len(self._text) and self._grow():  # a number may go on
                continue
            self._at = end
            return found


def read_object(
    file: IO[bytes], key: str, on_value: Callable[[str, Any], None] = lambda _name, _value: None
) -> Iterator[Any]:
    """The elements of the array called ``key``; ``on_value`` hears the object's other keys as they come.

    Raises BadFile for what is no such object, is broken off, or holds an element longer than LONGEST.
    """
    window = _Window(file)
    window.take("{")
    if window.peek() == "}":
        return
    while True:
        name = window.value()
        window.take(":")
        if name == key and window.peek() == "[":
            yield from _elements(window)
        else:
            on_value(str(name), window.value())
        if window.peek() != ",":
            break
        window.take(",")
    window.take("}")


def _elements(window: _Window) -> Iterator[Any]:
    window.take("[")
    if window.peek() != "]":
        yield window.value()
        while window.peek() == ",":
            window.take(",")
            yield window.value()
    window.take("]")
