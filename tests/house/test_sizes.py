"""Files and functions stay small enough to be read in one go."""

from tests.house.sources import functions, parsed, product_files, short

FILE_LINES, FUNCTION_LINES = 400, 60


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {short(path): len(path.read_text("utf-8").splitlines()) for path in product_files()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_sixty_lines() -> None:
    too_long = {
        f"{short(path)}:{function.name}": function.end_lineno - function.lineno + 1
        for path in product_files()
        for function in functions(parsed(path))
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    }
    assert too_long == {}


def test_every_module_says_what_it_is() -> None:
    import ast

    assert [short(path) for path in product_files() if not ast.get_docstring(parsed(path))] == []


def test_no_module_is_named_for_nothing() -> None:
    banned = {
        "utils",
        "util",
        "helpers",
        "helper",
        "manager",
        "managers",
        "service",
        "services",
        "common_utils",
        "misc",
    }
    assert [short(path) for path in product_files() if path.stem in banned or path.parent.name in banned] == []
