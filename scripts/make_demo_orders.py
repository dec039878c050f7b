"""Makes the demo's orders from the public shop data: whole customers, picked by a hash, so that repeat purchases and
returns stay together. Usage: python scripts/make_demo_orders.py online_retail_2009_2010.csv.gz
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
import re
import sys
from pathlib import Path

SHARE = 0.52
TARGET = Path(__file__).parents[1] / "src/hanse/runtime/demo_data"
CATEGORIES = (
    ("christmas", ("CHRISTMAS", "XMAS", "ADVENT", "REINDEER", "SANTA", "SNOW")),
    ("candles", ("CANDLE", "T-LIGHT", "LIGHT", "LANTERN", "LAMP")),
    ("kitchen", ("MUG", "CUP", "TEA", "BOWL", "PLATE", "JAR", "CAKE", "BAKING", "COFFEE", "SPOON", "KITCHEN", "JUG")),
    ("bags", ("BAG", "PURSE", "LUNCH BOX")),
    ("paper", ("CARD", "WRAP", "PAPER", "NOTEBOOK", "PENCIL", "STICKER", "BUNTING", "CALENDAR")),
    ("garden", ("GARDEN", "PLANT", "BIRD", "FLOWER", "WATERING", "SEED")),
    ("toys", ("TOY", "GAME", "DOLL", "PLAY", "CHILDREN", "PUZZLE")),
    ("textiles", ("CUSHION", "TOWEL", "APRON", "BLANKET", "THROW", "RUG", "QUILT")),
)
SHIPPING = {"POST", "DOT", "C2", "S"}
CHARGES = {"M", "D", "ADJUST", "ADJUST2", "BANK CHARGES", "AMAZONFEE", "B", "CRUK", "TEST001", "TEST002"}


def category(sku: str, description: str) -> str:
    if sku.upper() in SHIPPING:
        return "shipping"
    if sku.upper() in CHARGES:
        return "charges"
    words = description.upper()
    return next((name for name, marks in CATEGORIES if any(mark in words for mark in marks)), "home")


def readable(description: str) -> str:
    return re.sub(r"\s+([,.])", r"\1", re.sub(r"\s+", " ", description)).strip(" ,.").capitalize()


def chosen(customer: str) -> bool:
    return int(hashlib.sha256(customer.encode()).hexdigest()[:8], 16) / 2**32 < SHARE


def packed(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return lzma.compress(text.getvalue().encode(), preset=9 | lzma.PRESET_EXTREME)


def main(source: str) -> None:
    orders = [["Invoice", "StockCode", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]]
    products: dict[str, list[str]] = {}
    with gzip.open(source, "rt", encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            if not row["Customer ID"] or not chosen(row["Customer ID"]):
                continue
            sku, customer = row["StockCode"], row["Customer ID"].removesuffix(".0")
            orders.append(
                [row["Invoice"], sku, row["Quantity"], row["InvoiceDate"], row["Price"], customer, row["Country"]]
            )
            products.setdefault(sku, [sku, category(sku, row["Description"]), readable(row["Description"])])
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "orders.csv.xz").write_bytes(packed(orders))
    (TARGET / "products.csv.xz").write_bytes(packed([["sku", "category", "name"], *sorted(products.values())]))


if __name__ == "__main__":
    main(sys.argv[1])
