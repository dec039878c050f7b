"""Refresh the vendored front-end files and the icon paths from npm. Needs npm; run it by hand, then look at the diff.

python scripts/vendor.py
"""

import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/hanse/faces/static/hanse/vendor"
ICONS = ROOT / "src/hanse/faces/common/icons.json"

# package → files to take: path inside the package → name in vendor/
PACKAGES: dict[str, dict[str, str]] = {
    "@tabler/core@1.6.1": {"dist/css/tabler.min.css": "tabler.min.css"},
    "echarts@6.1.0": {
        "LICENSE": "echarts.LICENSE.txt",
        "NOTICE": "echarts.NOTICE.txt",
    },
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"},
    "@alpinejs/csp@3.17.4": {"dist/cdn.min.js": "alpine-csp.min.js"},
    "@fontsource-variable/inter@5.3.0": {
        "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
        "files/inter-cyrillic-wght-normal.woff2": "inter-cyrillic.woff2",
        "LICENSE": "inter.LICENSE.txt",
    },
    "@tabler/icons@3.51.0": {"LICENSE": "tabler-icons.LICENSE.txt"},
}
# Only what our charts draw with, and only as SVG: half of the whole library.
CHART_PARTS = """
import * as echarts from 'echarts/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent }
  from 'echarts/components';
import { LegacyGridContainLabel } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
echarts.use([BarChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent,
  TooltipComponent, LegacyGridContainLabel, SVGRenderer]);
window.echarts = echarts;
"""
BUNDLER = "esbuild@0.25.12"

# tabler.LICENSE.txt and alpine.LICENSE.txt are kept by hand: their packages carry no licence file.

ICON_NAMES = """
adjustments-horizontal alert-circle alert-triangle archive arrow-back-up arrow-down arrow-right arrow-up books
building-bank bulb calendar-event cash cash-banknote cash-off chart-line check chevron-down chevron-left chevron-right
chevron-up circle-check circle-dashed circle-minus circle-x click clipboard-list clock clock-pause code coins
confetti copy credit-card database dots download external-link eye file-check file-spreadsheet file-text filter flag
flask gift git-branch heart-handshake help-circle history home hourglass info-circle key language link list-check lock
lock-open login logout mail menu-2 message moon news note pencil phone photo player-pause player-play player-stop
plug-connected plug-connected-x plus qrcode receipt receipt-refund refresh repeat report-analytics rocket route search
selector send settings share-2 shield-check shield-half shopping-bag square-check stairs-up sun table tag target
test-pipe ticket trash upload user user-check user-plus user-search users wallet webhook world x zoom-question
""".split()  # noqa: SIM905  # a list of names reads better as words


def unpack(package: str, into: Path) -> Path:
    """Fetch one package with npm and return the folder of its files."""
    into.mkdir(parents=True)
    command = ["npm", "pack", "--silent", package]
    done = subprocess.run(command, cwd=into, check=True, capture_output=True, text=True)
    with tarfile.open(into / done.stdout.strip().splitlines()[-1]) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def bundle_charts(package: str, into: Path) -> None:
    """Make `echarts.min.js` of the parts above, with the package's own licence notes left in."""
    into.mkdir(parents=True)
    (into / "charts.js").write_text(CHART_PARTS)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(into), package, BUNDLER]
    subprocess.run(install, check=True)
    make = [
        str(into / "node_modules/.bin/esbuild"), "charts.js", "--bundle", "--minify", "--format=iife",
        "--target=es2019", "--legal-comments=inline", f"--outfile={VENDOR / 'echarts.min.js'}",
    ]  # fmt: skip
    subprocess.run(make, cwd=into, check=True)


def icon_paths(folder: Path) -> dict[str, str]:
    """The inner markup of each outline icon that a face uses."""
    paths = {}
    for name in ICON_NAMES:
        svg = (folder / "icons/outline" / f"{name}.svg").read_text()
        inner = re.sub(r"\s+", " ", svg[svg.index(">", svg.index("<svg")) + 1 : svg.index("</svg>")]).strip()
        paths[name] = re.sub(r'<path stroke="none"[^>]*/>\s*', "", inner).replace("> <", "><")
    return paths


def main() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for number, (package, files) in enumerate(PACKAGES.items()):
            folder = unpack(package, Path(scratch) / str(number))
            for inside, name in files.items():
                shutil.copyfile(folder / inside, VENDOR / name)
            if package.startswith("@tabler/icons@"):
                ICONS.write_text(json.dumps(icon_paths(folder), indent=0, sort_keys=True) + "\n")
            if package.startswith("echarts@"):
                bundle_charts(package, Path(scratch) / "charts")
            print(package)
    css = VENDOR / "tabler.min.css"
    css.write_text(re.sub(r"\n?/\*# sourceMappingURL=.*?\*/\s*$", "\n", css.read_text()))


if __name__ == "__main__":
    main()
