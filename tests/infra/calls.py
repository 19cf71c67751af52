"""Which ports each function's code can come to, by the names that it mentions."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Use = tuple[str, str]
"""A port, and its method; the method is empty where the port itself is handed on."""

_Node = tuple[str, str]
"""A module, and a function or class of it; all of the module where that is empty."""


def ports_used_by(target: str) -> set[Use]:
    """Return what the function of Cloud Functions with this name can use."""
    roots = {(f"functions.{target}", "")}
    if target == "serve_api":
        # Handlers are imported by their names when they are first asked for.
        roots |= {(f"shared.http.{path.stem}", "") for path in (ROOT / "shared/http").glob("*.py")}
    seen: set[_Node] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += _mentioned(node)
    return {use for node in seen for use in _uses(node)}


def _mentioned(node: _Node) -> Iterator[_Node]:
    module, _ = node
    imported, own = _imports(module), _definitions(module)
    for each in ast.walk(_tree(node)):
        if isinstance(each, ast.Name) and each.id in imported:
            yield imported[each.id]
        elif isinstance(each, ast.Name) and each.id in own:
            yield module, each.id
        elif isinstance(each, ast.ImportFrom) and each.module:
            yield from ((each.module, alias.name) for alias in each.names if _is_ours(each.module))


def _uses(node: _Node) -> Iterator[Use]:
    for each in ast.walk(_tree(node)):
        if not isinstance(each, ast.Attribute):
            continue
        owner = each.value
        if isinstance(owner, ast.Attribute) and _is_ports(owner.value):
            yield owner.attr, each.attr
        elif _is_ports(owner):
            yield each.attr, ""


def _is_ports(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _is_ports(node.func)
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name.strip("_") == "ports"


@cache
def _module(name: str) -> ast.Module:
    path = ROOT / Path(*name.split("."))
    found = path.with_suffix(".py")
    return ast.parse((found if found.exists() else path / "__init__.py").read_text("utf-8"))


@cache
def _definitions(module: str) -> dict[str, ast.stmt]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {each.name: each for each in _module(module).body if isinstance(each, kinds)}


@cache
def _imports(module: str) -> dict[str, _Node]:
    return {
        alias.asname or alias.name: (each.module, alias.name)
        for each in ast.walk(_module(module))
        if isinstance(each, ast.ImportFrom) and each.module and _is_ours(each.module)
        for alias in each.names
    }


def _is_ours(module: str) -> bool:
    return module.startswith(("shared.use_cases", "shared.http", "shared.pubsub"))


def _tree(node: _Node) -> ast.AST:
    module, name = node
    whole = _module(module)
    return _definitions(module).get(name, whole if not name else ast.Pass())
