"""
The rules of the house, as functions from a file to complaints. Each says how to obey it.

`RULES` holds, per rule, where it applies, and a small sample that must turn it red.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("marketplace", "bids", "ledger", "api", "frontend")
FILE_LINES_MAX = 250
FUNCTION_LINES_MAX = 40

Complaints = Iterator[tuple[int, str]]

WRITES = {
    *("save", "create", "get_or_create", "update_or_create"),
    *("bulk_create", "bulk_update", "delete", "asave", "acreate", "adelete", "aupdate"),
}
CLOCKS = {
    *("timezone.now", "datetime.now"),
    *("datetime.utcnow", "datetime.today", "date.today", "time.time", "functions.Now", "Now"),
}
DRAWERS = {"utils", "util", "helpers", "services", "common", "core", "manager", "managers", "misc"}
FOREIGN_WORDS = re.compile(r"(^|_)(tender|supplier|invoice|seller|proposal)s?(_|$)", re.IGNORECASE)
POSITIONAL = {"record", "tell"}  # said so often that their first words need no name


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or an attribute, as far as it is one."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def no_writes(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "marketplace.rows":
            yield node.lineno, "Rows are written by the verbs of marketplace, bids or ledger"
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        # A queryset's update() takes names; a dictionary's takes a dictionary.
        queryset_update = name == "update" and node.keywords and not node.args
        if name in WRITES or queryset_update:
            yield node.lineno, f".{name}() writes: call a verb of marketplace, bids or ledger"


def no_clock(tree: ast.Module) -> Complaints:
    # The database stamps its own rows: that is its clock, not ours.
    stamps = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "db_default"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name) or id(node) in stamps:
            continue
        name = dotted(node)
        if ".".join(name.split(".")[-2:]) in CLOCKS:
            yield node.lineno, f"{name} reads a clock: take `at` from the caller"


def no_ordering(tree: ast.Module) -> Complaints:
    for meta in (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Meta"):
        for node in meta.body:
            if isinstance(node, ast.Assign) and "ordering" in map(dotted, node.targets):
                yield node.lineno, "Meta.ordering sorts where nobody asked: write order_by()"


def no_save_override(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete", "full_clean"}:
            yield node.lineno, f"def {node.name}(): a rule belongs in a verb or in a constraint"


def no_signals(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module in {"django.dispatch", "django.db.models.signals"}:
            yield node.lineno, "A signal acts where no reader looks: let the verb call it"


def no_model_shapes(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {dotted(base).split(".")[-1] for base in node.bases}
            for base in bases & {"ModelForm", "ModelSerializer", "ModelViewSet"}:
                yield node.lineno, f"{base} shows what the model has: declare field by field"
        if (
            isinstance(node, ast.Assign)
            and "fields" in map(dotted, node.targets)
            and isinstance(node.value, ast.Constant)
            and node.value.value == "__all__"
        ):
            yield node.lineno, 'fields = "__all__" shows hidden fields: name each'


def short_functions(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = working_lines(node.body)
            if lines > FUNCTION_LINES_MAX:
                text = f"{node.name} works for {lines} lines; {FUNCTION_LINES_MAX} are the limit"
                yield node.lineno, text


def short_files(tree: ast.Module) -> Complaints:
    lines = working_lines(tree.body)
    if lines > FILE_LINES_MAX:
        yield 1, f"{lines} lines of code; {FILE_LINES_MAX} are the limit: is it one subject?"


def working_lines(body: list[ast.stmt]) -> int:
    """Count lines that hold code: what is promised in docstrings and comments is not work."""
    docstrings = {
        line
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    code = {
        line
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.stmt | ast.expr | ast.keyword | ast.arg)
        for line in (node.lineno, node.end_lineno or node.lineno)
    }
    return len(code - docstrings)


def keyword_verbs(tree: ast.Module) -> Complaints:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name in POSITIONAL | {"__init__"}:
            continue
        positional = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args)}
        everything = positional | {argument.arg for argument in node.args.kwonlyargs}
        if {"actor", "at"} <= everything and positional and not node.name.startswith("_"):
            yield node.lineno, f"{node.name} is a verb: begin its arguments with *"


def own_words(tree: ast.Module) -> Complaints:
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.arg):
            names = [node.arg]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        for name in names:
            if FOREIGN_WORDS.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)):
                yield node.lineno, f"{name}: see the words of PRODUCT.md in CONTRIBUTING.md"


@dataclass(frozen=True)
class Rule:
    check: Callable[[ast.Module], Complaints]
    applies: tuple[str, ...]  # globs below the checkout
    spared: tuple[str, ...]
    bad: str

    def files(self) -> Iterator[Path]:
        for pattern in self.applies:
            for path in sorted(ROOT.glob(pattern)):
                name = path.relative_to(ROOT).as_posix()
                if "/migrations/" not in name and not name.startswith(self.spared):
                    yield path


EVERYWHERE = tuple(f"{app}/**/*.py" for app in APPS)
INTERFACES = ("api/**/*.py", "frontend/**/*.py")
DOMAIN = ("marketplace/**/*.py", "bids/**/*.py", "ledger/**/*.py")
AT_THE_DOOR = ("marketplace/project/", "marketplace/management/", "ledger/management/")

RULES = {
    "interfaces and reports do not write": Rule(
        no_writes, (*INTERFACES, "ledger/reports/**/*.py"), (), "bid.save(update_fields=['price'])"
    ),
    "a queryset is not updated by an interface": Rule(
        no_writes, INTERFACES, (), "Bid.objects.filter(job=job).update(withdrawn_at=at)"
    ),
    "nobody below the door reads a clock": Rule(
        no_clock, (*DOMAIN, *INTERFACES), AT_THE_DOOR, "at = timezone.now()"
    ),
    "models do not sort by themselves": Rule(
        no_ordering, EVERYWHERE, (), "class Job:\n  class Meta:\n    ordering = ['id']"
    ),
    "save() is not overridden": Rule(
        no_save_override, EVERYWHERE, (), "class Job:\n  def save(self): ..."
    ),
    "there are no signals": Rule(
        no_signals, EVERYWHERE, (), "from django.db.models.signals import post_save"
    ),
    "forms and serializers name their fields": Rule(
        no_model_shapes, EVERYWHERE, (), "class Form(ModelForm):\n  pass"
    ),
    "no form shows all fields": Rule(
        no_model_shapes, EVERYWHERE, (), "class Meta:\n  fields = '__all__'"
    ),
    "functions are short": Rule(
        short_functions, EVERYWHERE, (), "def f():\n" + "  x = 1\n" * (FUNCTION_LINES_MAX + 1)
    ),
    "files are short": Rule(short_files, EVERYWHERE, (), "x = 1\n" * (FILE_LINES_MAX + 1)),
    "verbs take their arguments by name": Rule(
        keyword_verbs, DOMAIN, (), "def withdraw_bid(actor, bid_id, *, at): ..."
    ),
    "one word per thing": Rule(
        own_words, EVERYWHERE, ("ledger/exchange/",), "def tender_of(job): ..."
    ),
}


def drawer(path: Path) -> bool:
    """Whether a module's name says nothing of what is in it."""
    return path.stem in DRAWERS or (path.name == "__init__.py" and path.parent.name in DRAWERS)


def complaints(rule: Rule) -> list[str]:
    found = []
    for path in rule.files():
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        name = path.relative_to(ROOT)
        found += [f"{name}:{line}: {text}" for line, text in rule.check(tree)]
    return found
