"""Make the tables of countries and networks that the edge reads. Needs npm; run it by hand, then look at the diff.

python scripts/networks.py

Two packages of public data are compiled into one file of sorted starts each: for IPv4 the whole address, for IPv6 its
first 64 bits (nobody routes less). Adjacent ranges with one meaning become one.
"""

import csv
import gzip
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "src/hanse/edge/data"
KINDS = ROOT / "scripts/networks.tsv"
COUNTRIES = "@ip-location-db/geo-whois-asn-country@2.3.2026061719"
SYSTEMS = "@ip-location-db/asn@2.3.2026061719"
LOW = 2**64 - 1

Span = tuple[int, int, str]


def unpack(package: str, into: Path) -> Path:
    """Fetch one package with npm and return the folder of its files."""
    into.mkdir(parents=True)
    command = ["npm", "pack", "--silent", package]
    done = subprocess.run(command, cwd=into, check=True, capture_output=True, text=True)
    with tarfile.open(into / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def spans4(path: Path) -> Iterator[Span]:
    """Read (first, last, meaning) from a table of IPv4 addresses written as numbers."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            yield int(row[0]), int(row[1]), row[2]


def spans6(path: Path) -> Iterator[Span]:
    """Read the first 64 bits of a table of IPv6 addresses, leaving out what is smaller than a household."""
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.reader(file):
            first, last = int(IPv6Address(row[0])), int(IPv6Address(row[1]))
            start, end = (first + LOW) >> 64, ((last + 1) >> 64) - 1
            if start <= end:
                yield start, end, row[2]


def starts(spans: Iterable[Span]) -> list[tuple[int, str]]:
    """Turn spans sorted by their first place into the places where the meaning changes; "" stands for the gaps.

    Where two overlap (one row in fifty of the countries), the later and narrower one wins as far as it goes.
    """
    changes: list[tuple[int, str]] = [(0, "")]
    inside: list[tuple[int, str]] = []  # (where it ends, meaning), the narrowest last
    for first, last, meaning in (*spans, (2**65, 2**65, "")):
        while inside and inside[-1][0] < first:
            end, _ = inside.pop()
            while inside and inside[-1][0] <= end:
                inside.pop()
            changes.append((end + 1, inside[-1][1] if inside else ""))
        changes.append((first, meaning))
        inside.append((last, meaning))
    changes.pop()
    merged: list[tuple[int, str]] = []
    for start, meaning in changes:
        if merged and merged[-1][0] == start:
            merged.pop()
        if not merged or merged[-1][1] != meaning:
            merged.append((start, meaning))
    if [start for start, _ in merged] != sorted({start for start, _ in merged}):
        raise SystemExit("the table is not in order")
    return merged


def write(name: str, four: list[tuple[int, str]], six: list[tuple[int, str]]) -> None:
    """Write one table: the meanings, then for each family the steps between starts and the meanings' places."""
    meanings = sorted({meaning for _, meaning in (*four, *six)})
    places = {meaning: place for place, meaning in enumerate(meanings)}
    words = ",".join(meanings).encode()
    body = [b"HNT1", struct.pack("<HII", len(words), len(four), len(six)), words]
    for code, table in (("I", four), ("Q", six)):
        steps = array(code, [at - before for (at, _), (before, _) in zip(table, [(0, ""), *table], strict=False)])
        if sys.byteorder == "big":
            steps.byteswap()
        body += [steps.tobytes(), bytes(places[meaning] for _, meaning in table)]
    packed = gzip.compress(b"".join(body), 9, mtime=0)
    (DATA / name).write_bytes(packed)
    print(f"{name}: {len(four):,} and {len(six):,} starts, {len(packed) / 1e6:.2f} MB")


def kinds() -> dict[str, str]:
    """Read our own list: AS number → kind."""
    rows = [line.split("\t") for line in KINDS.read_text().splitlines() if line and not line.startswith("#")]
    return {number: kind for kind, number, _name in rows}


def main() -> None:
    """Fetch, compile, write."""
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        package = unpack(COUNTRIES, Path(scratch) / "countries")
        is_country = re.compile("[A-Z]{2}").fullmatch
        tables = [
            starts((a, b, country) for a, b, country in spans if is_country(country))
            for spans in (
                spans4(package / "geo-whois-asn-country-ipv4-num.csv"),
                spans6(package / "geo-whois-asn-country-ipv6.csv"),
            )
        ]
        write("countries.gz", *tables)
        package, known = unpack(SYSTEMS, Path(scratch) / "systems"), kinds()
        tables = [
            starts((a, b, known[number]) for a, b, number in spans if number in known)
            for spans in (spans4(package / "asn-ipv4-num.csv"), spans6(package / "asn-ipv6.csv"))
        ]
        write("networks.gz", *tables)


if __name__ == "__main__":
    main()
