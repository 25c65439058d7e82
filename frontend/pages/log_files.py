"""What an outsider needs to check a receipt: the checking program and the keys. Open to all."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.log import keys, verify


@require_safe
def program(request: HttpRequest) -> HttpResponse:
    """Hand out verify.py, the one that this very marketplace was tested with."""
    text = Path(verify.__file__).read_text(encoding="utf-8")
    answer = HttpResponse(text, content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify.py"'
    return answer


@require_safe
def verifier_keys(request: HttpRequest) -> HttpResponse:
    """Show the keys that checkpoints are signed with, the current one first; a key a line."""
    text = "".join(f"{key}\n" for key in keys.verifier_keys())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
