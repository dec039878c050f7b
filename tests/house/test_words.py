"""One word for each concept: the glossary's other words are not used in our own names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import PACKAGE, parsed, product_files, short

BANNED = {
    "affiliate": "partner", "publisher": "partner", "campaign": "program or message", "scheme": "program",
    "membership": "enrolment", "promo": "coupon", "voucher": "coupon", "reward": "commission or terms",
    "wallet": "ledger account", "gateway": "rail", "blast": "message", "subscriber": "partner", "referee": "customer",
    "user": "partner, person or customer",
    "hit": "click", "reversal": "refund", "ticket": "conversation", "insight": "fact", "stats": "rollup",
    "influencer": "creator", "modifier": "clause", "plan": "terms", "contract": "agreement",
}  # fmt: skip
"""Left out: `order` (also the order of things, and a shop's conversion) and `transaction` (also the ledger's)."""

EXCEPTIONS: dict[str, str] = {
    "user": "Django's word for who is signed in (request.user, TeamUser), and browsers' user agents",
    "scheme": "http or https in an address",
    "insight": "the wing's name in the ladder",
    "plan": "pricing's order of steps over terms that are already read, and letters and calls to come; never the terms",
}
"""Words with a second, legitimate meaning; `ALLOWED_IN` says where they may stand."""

ALLOWED_IN = {
    "user": (
        r"(^|_)(user_agent|user_agents)|AUTH_USER|AbstractBaseUser|BaseUserManager|TeamUser|teamuser|USERNAME_FIELD|^user$"
        r"|ACCOUNT_USER_MODEL|get_user|UserAttribute|_user$|^respond_user_inactive$"
    ),
    "scheme": r".*",
    "insight": r"^(insight|InsightConfig)$",
    "plan": r"^(Plan|GoalPlan|_?plans?|plan_of|goal_plan|plan_[a-z]+|left_to_plan)$",
}

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def names_in(tree: ast.AST) -> Iterator[str]:
    """Yield every name that we chose: of functions, classes, arguments, variables and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def banned_words(name: str) -> list[str]:
    parts = {part.lower() for part in _PARTS.findall(name)}
    wrong = [word for word in BANNED if parts & {word, f"{word}s"}]
    return [word for word in wrong if not re.search(ALLOWED_IN.get(word, r"(?!)"), name)]


def speaks_our_words(path: Path) -> bool:
    """Bridges and demo data speak other systems' words, and only they."""
    return path.relative_to(PACKAGE).parts[0] != "bridges"


def test_our_names_use_the_glossary() -> None:
    found = {
        f"{short(path)}: {name}": [f"{word} → {BANNED[word]}" for word in banned_words(name)]
        for path in product_files()
        if speaks_our_words(path)
        for name in set(names_in(parsed(path)))
        if banned_words(name)
    }
    assert found == {}


def test_vague_verbs_are_not_used() -> None:
    vague = re.compile(r"^_?(process|handle|do|perform|execute|manage)_")
    found = [
        f"{short(path)}: {node.name}"
        for path in product_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and vague.match(node.name)
    ]
    assert found == []


def test_every_exception_has_a_reason() -> None:
    assert ALLOWED_IN.keys() == EXCEPTIONS.keys()
    assert EXCEPTIONS.keys() <= BANNED.keys()


def test_a_planted_word_is_seen() -> None:
    assert banned_words("affiliate_id") == ["affiliate"]
    assert banned_words("AffiliateReward") == ["affiliate", "reward"]
    assert banned_words("user_id") == ["user"]
    assert banned_words("request_user") == []
