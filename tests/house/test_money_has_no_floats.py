"""No float touches money: neither a literal nor a call nor a true division in `money` and `programs/terms`."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, parsed, short

ROOMS = (PACKAGE / "money", PACKAGE / "programs" / "terms", PACKAGE / "kernel" / "money.py")


def is_decimal(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return is_decimal(node.left)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decimal"


def floats_in(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"line {node.lineno}: {node.value}")
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append(f"line {node.lineno}: float")
        elif isinstance(node, ast.Attribute) and node.attr == "FloatField":
            found.append(f"line {node.lineno}: FloatField")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not is_decimal(node.left):
            found.append(f"line {node.lineno}: true division")
    return found


def money_files() -> list[Path]:
    return sorted(path for room in ROOMS for path in (room.rglob("*.py") if room.is_dir() else [room]) if path.exists())


def test_money_has_no_floats() -> None:
    found = {short(path): floats_in(parsed(path)) for path in money_files()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("planted", ["rate = 0.2", "rate = float(text)", "share = amount / 2", "models.FloatField()"])
def test_a_planted_float_is_seen(planted: str) -> None:
    assert floats_in(ast.parse(planted))
