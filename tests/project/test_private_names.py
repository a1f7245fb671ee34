"""Tests use the public names of the product alone, so that what is private may change without them."""

import ast
import textwrap
from collections.abc import Iterator

import pytest

from support.paths import PROJECT, TESTS

PRODUCT = ("mailbot", "parsers", "storage", "templates")
NAME = "_no_such_name"


def is_private(name: str) -> bool:
    return name.startswith("_") and bool(name.strip("_")) and not name.endswith("__")


def nodes(source: str) -> Iterator[ast.AST]:
    """Every node of a program, and of the programs that it holds as texts for processes of their own."""
    for node in ast.walk(ast.parse(source)):
        yield node
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "import " in node.value:
            try:
                yield from nodes(textwrap.dedent(node.value))
            except SyntaxError:
                continue


def defined(source: str) -> Iterator[str]:
    """The names that a program gives to functions, classes, variables and attributes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def uses(source: str, private: set[str]) -> Iterator[str]:
    """Where a test imports, reads or replaces one of those names; what is an object's own or inherited is its own."""
    for node in nodes(source):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.partition(".")[0] in PRODUCT:
                yield from (f"{node.lineno}: {name.name}" for name in names if is_private(name.name))
            case ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super"))):
                continue
            case ast.Attribute(attr=name) if name in private:
                yield f"{node.lineno}: {name}"
            case ast.Call(args=[*_, ast.Constant(value=str(text)), _] | [*_, ast.Constant(value=str(text))]):
                name = text.rpartition(".")[2]  # setattr(module, "_name", …), patch("module._name")
                if name in private:
                    yield f"{node.lineno}: {name}"


@pytest.fixture(scope="module")
def private() -> set[str]:
    """The private names of the product."""
    files = [file for package in PRODUCT for file in (PROJECT / package).rglob("*.py")]
    return {name for file in files for name in defined(file.read_text(encoding="utf-8")) if is_private(name)}


def test_no_test_reaches_into_a_private_name_of_the_product(private: set[str]) -> None:
    found = {
        str(file.relative_to(TESTS)): list(uses(file.read_text(encoding="utf-8"), private))
        for file in TESTS.rglob("*.py")
    }
    assert len(private) > 100
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        f"from storage.engine import {NAME}",
        f"engine.{NAME} = 1",
        f"monkeypatch.setattr(engine, '{NAME}', other)",
        f"patch('storage.engine.{NAME}')",
        f"WORKER = '''\nfrom storage import engine\nengine.{NAME}(1)\n'''",
    ],
    ids=["import", "attribute", "setattr", "patch", "program in a text"],
)
def test_every_way_to_a_private_name_is_found(line: str) -> None:
    assert list(uses(line, {NAME}))


def test_what_an_object_calls_its_own_is_not_found() -> None:
    assert list(uses(f"self.{NAME}()\nsuper().{NAME}()\nos._exit(1)\n", {NAME})) == []
