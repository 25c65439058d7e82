"""What the domain says to people in English: refusals, notices, open items, facts, labels."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

# Words for machines, for whoever runs the site, or of an invented company.
NOT_READ = {"demonstration", "management", "migrations", "locale", "sql", "project", "ocds"}
NOT_READ |= {"merkle.py", "notes.py", "verify.py", "sealer.py", "rows.py", "history.py"}
NOT_READ |= {"rotation.py", "file_seals.py", "schema.py", "description.py", "papers.py", "log.py"}
NO_REFUSAL = {"ImproperlyConfigured", "CommandError", "ValueError", "TypeError", "LookupError"}
MARKS = {"_", "gettext", "gettext_lazy", "ngettext"}
SAYING = {"tell", "tell_bidders", "require", "problem"}
SAID_AS = {"act", "because", "detail", "has_it", "label", "says", "text", "then", "what", "who"}
SAID_AS |= {"why", "promise_text", "changed", "waits_for"}
TO_PROGRAMS = {"help_text", "description", "summary"}
CHOICES = {"TextChoices", "IntegerChoices"}
SENTENCE = re.compile(r"(?:[A-Z“]|%\().* .*(?:[.?!:”]|[a-z]{2}.*[.:] ?%\(\w+\)s)", re.DOTALL)
# Modules of the reports that hold nothing but words and what they are said of.
WORDINGS = re.compile(
    r"marketplace/webhooks\.py|ledger/reports/(wording|timeline|timeline_facts|custody|desk_\w+|close_checklist|stripe_books)\.py"
)
SQL = re.compile(r"\b[A-Z]{4,} [A-Z]{4,}\b|\bSELECT\b")
BECAUSE = re.compile(r"(?:you|your|it|they) [a-z][a-z', ]{6,}")
WORD = re.compile(r"[A-Z][a-z’']*( .*)?|%\(.* .*", re.DOTALL)

Assigned = Mapping[str, ast.expr]
Written = ast.Constant | ast.JoinedStr


def sentences(path: Path) -> Iterator[str]:
    """Return what a module says; for each value a gap, named for what is put there."""
    if NOT_READ.intersection(path.parts):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    is_page = "frontend" in path.parts  # it marks what it says; here is what it refuses
    aside = set(_not_said(tree))
    said = {id(node) for node in (_refused(tree) if is_page else _said(tree))}
    is_wording = WORDINGS.search(path.as_posix())
    for node, assigned in _texts(tree):
        for text in written(node, assigned) if id(node) not in aside else ():
            words = re.sub(r"%\(\w+\)s", "", text)
            if SQL.search(words) or not re.search(r"[^\W\d_]{2}", words):
                continue
            is_sentence = SENTENCE.fullmatch(text) or BECAUSE.fullmatch(text)
            is_sentence = is_sentence or (is_wording and WORD.fullmatch(text))
            if id(node) in said or (is_sentence and not is_page):
                yield text


def written(node: ast.expr, assigned: Assigned) -> list[str]:
    """Return a text as a translator reads it, whole: one for each way it may be put together."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=values):
            parts = [_part(value, assigned) for value in values]
            return [_numbered("".join(chosen)) for chosen in product(*parts)]
        case ast.IfExp(body=one, orelse=other):
            ways = [written(one, assigned), written(other, assigned)]
            return [*ways[0], *ways[1]] if all(ways) else []
    return []


def _part(value: ast.expr, assigned: Assigned) -> list[str]:
    if isinstance(value, ast.Constant):
        return [str(value.value).replace("%", "%%")]
    expr = value.value if isinstance(value, ast.FormattedValue) else value
    stands_for = assigned.get(expr.id) if isinstance(expr, ast.Name) else expr
    ways = written(stands_for, {}) if isinstance(stands_for, ast.IfExp | ast.JoinedStr) else []
    return ways or [f"%({_gap(expr)})s"]


def _numbered(text: str) -> str:
    """Tell gaps of the same name apart: `%(name)s`, `%(name2)s`."""
    seen: list[str] = []

    def told_apart(gap: re.Match[str]) -> str:
        seen.append(gap[1])
        count = seen.count(gap[1])
        return f"%({gap[1]}{count if count > 1 else ''})s"

    return re.sub(r"%\((\w+)\)s", told_apart, text)


def _gap(node: ast.expr) -> str:
    """Return a name for what an expression puts into a text."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(func=ast.Attribute(attr="strip" | "lower", value=inner)):
            return _gap(inner)
        case ast.Call(func=ast.Attribute(attr=name)) if name != "join":
            return name.lower()
        case (
            ast.Call(args=[inner, *_])
            | ast.Call(func=inner)
            | ast.Subscript(value=inner)
            | ast.BinOp(left=inner)
            | ast.IfExp(body=inner)
            | ast.GeneratorExp(elt=inner)
            | ast.BoolOp(values=[inner, *_])
        ):
            return _gap(inner)
    return "value"


def _texts(scope: ast.AST, assigned: Assigned | None = None) -> Iterator[tuple[Written, Assigned]]:
    """Return each text of a module, with what the names of its function were given."""
    if assigned is None or isinstance(scope, ast.FunctionDef):
        assigned = {
            node.targets[0].id: node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield node, assigned
        else:
            yield from _texts(node, assigned)


def _not_said(tree: ast.Module) -> Iterator[int]:
    """Docstrings, the parts of a text with gaps, and what describes the API to programs."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                yield id(docstring)
            case ast.JoinedStr():
                yield from (id(part) for part in ast.walk(node) if part is not node)
            case ast.Call(func=ast.Name(id=name)) if name in MARKS:
                yield from (id(part) for part in ast.walk(node))
            case ast.keyword(arg=name) if name in TO_PROGRAMS:
                yield from (id(part) for part in ast.walk(node))
            case ast.Raise(exc=raised) if _name(raised) in NO_REFUSAL:
                yield from (id(part) for part in ast.walk(node))


def _refused(tree: ast.Module) -> Iterator[ast.expr]:
    """Return the texts of what is raised."""
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.Call(args=[text, *_])):
                yield from _branches(text)


def _said(tree: ast.Module) -> Iterator[ast.expr]:
    """Return the texts that stand where only what is said to people stands."""
    yield from _refused(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=[_, *rest]) if _name(node) in SAYING:
                for text in rest:
                    yield from _branches(text)
            case ast.ClassDef(bases=bases, body=members) if CHOICES & {_name(b) for b in bases}:
                for member in members:
                    if isinstance(member, ast.Assign) and isinstance(member.value, ast.Tuple):
                        yield from member.value.elts[1:]
            case ast.keyword(arg=name, value=text) if name in SAID_AS:
                yield from _branches(text)


def _name(node: ast.AST | None) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from (*_branches(one), *_branches(other))
        case ast.BoolOp(values=several):
            for each in several:
                yield from _branches(each)
        case _:
            yield node
