"""
What a person is here is asked by every paper of a page, and each asks for itself. While a page is
read, the same question is answered once.

Only what a safe request reads is remembered, and only until it is answered: a verb always asks
anew, because what it asks may just have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
SAFE = frozenset({"GET", "HEAD"})

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


def asked_once(question: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Remember what was answered to the same words, for as long as one page is read."""

    @wraps(question)
    def ask(*args: Asked.args, **words: Asked.kwargs) -> Answer:
        answers = _answers.get()
        if answers is None:
            return question(*args, **words)
        key = (question, args, *sorted(words.items()))
        if key not in answers:
            answers[key] = question(*args, **words)
        answer: Answer = answers[key]
        return answer

    return ask


def is_reading() -> bool:
    """Whether a page is being read, so that a wider answer will be asked for again."""
    return _answers.get() is not None


@contextmanager
def reading() -> Iterator[None]:
    """Read one page."""
    before = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(before)


class ReadingMiddleware:
    """Reads one page a request, where nothing is written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in SAFE:
            return self.get_response(request)
        with reading():
            return self.get_response(request)
