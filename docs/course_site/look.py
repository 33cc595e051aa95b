"""The site's typefaces and colours: subset fonts, and one colour a part, as a style sheet.

The typefaces come from npm packages under the SIL Open Font License. Each is cut down to the
characters and weights that the site uses, and gets a stand-in of the same width and height: a face
that every system has, scaled, in which a page is written whose typeface comes late, so that nothing
moves. The widths of those faces are taken from the metrics of Times, Helvetica and Courier that
Matplotlib brings.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import matplotlib as mpl
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from sphinx.application import Sphinx

from course_site.cache import once, put
from course_site.keys import digest
from course_site.scripts import TYPEFACE, outline_of
from course_site.workers import each
from pytorch_primer.outline import Part

FOLDER = "_build/static"  # in the source folder: made before Sphinx copies static files
MADE = "_build/cache"  # what takes long is kept there
NAME = "course.css"
LATE = "late.css"  # for pages from disk
PACKAGES = "node_modules/@fontsource-variable"
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
SIGNS = [*map(ord, "ıŒœ–—‘’“”…•′″←↑→↓−×·≈≠≤≥∞√∂∇Σ∑αβγεηθλμπρσ●○✓✗▸▾")]
# How often letters occur in English: what decides how wide a text is.
LETTERS = (
    "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllllccuumwfgypbvk    "
)


@dataclass(frozen=True)
class Face:
    """A typeface of the site: package and file, weights that are kept, and its stand-in."""

    family: str
    package: str
    style: str
    weights: tuple[int, int]
    stand_in: tuple[str, ...]
    metrics: str

    @property
    def file(self) -> str:
        """Name of the subset font."""
        return f"{self.package}-{self.style}.woff2"

    @property
    def source(self) -> str:
        """Where the whole font lies in its package."""
        return f"files/{self.package}-latin-wght-{self.style}.woff2"


TIMES = (("Times New Roman", "Liberation Serif", "Tinos"), "ptmr8a")
# A stand-in that is declared italic is not slanted by the browser: it must be an italic.
ITALIC_TIMES = (("Times New Roman Italic", "Liberation Serif Italic", "Tinos Italic"), "ptmri8a")
HELVETICA = (("Arial", "Liberation Sans", "Arimo"), "phvr8a")
COURIER = (("Courier New", "Liberation Mono", "Cousine"), "pcrr8a")
FACES = (
    Face("Source Serif 4", "source-serif-4", "normal", (400, 600), *TIMES),
    Face("Source Serif 4", "source-serif-4", "italic", (400, 600), *ITALIC_TIMES),
    Face("Inter", "inter", "normal", (400, 700), *HELVETICA),
    Face("JetBrains Mono", "jetbrains-mono", "normal", (400, 700), *COURIER),
)


def subset(source: Path, face: Face) -> TTFont:
    """Keep of a variable font the weights and characters that the site uses."""
    font = TTFont(source)
    options = Options()
    # Ligatures of a code face would hide characters: `==` must stay two.
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.flavor = "woff2"
    options.hinting = False
    cutter = Subsetter(options)
    cutter.populate(unicodes=[*LATIN, *SIGNS])
    cutter.subset(font)
    font = instantiateVariableFont(font, {"wght": face.weights})
    font.flavor = "woff2"
    return font


def mean_width(widths: Iterable[float]) -> float:
    """Give the mean width of a letter of English, in parts of an em."""
    found = list(widths)
    return sum(found) / len(found)


def rules(font: TTFont, face: Face) -> str:
    """Declare a face, and the stand-in with the same width and height."""
    em, cmap, advances = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"]
    own = mean_width(advances[cmap[ord(letter)]][0] / em for letter in LETTERS)
    metrics = Path(mpl.get_data_path(), "fonts/afm", f"{face.metrics}.afm").read_text("latin-1")
    known = {chr(int(c)): int(w) / 1000 for c, w in re.findall(r"C (\d+) ; WX (\d+)", metrics)}
    other = mean_width(known[letter] for letter in LETTERS)
    scale = own / other
    up, down, gap = (
        getattr(font["hhea"], name) / em / scale for name in ("ascent", "descent", "lineGap")
    )
    local = ", ".join(f'local("{name}")' for name in face.stand_in)
    first, last = face.weights
    return f"""\
@font-face {{
  font-family: "{face.family}";
  font-style: {face.style};
  font-weight: {first} {last};
  font-display: optional;
  src: url("fonts/{face.file}") format("woff2");
}}
@font-face {{
  font-family: "{face.family} stand-in";
  font-style: {face.style};
  src: {local};
  size-adjust: {scale:.2%};
  ascent-override: {up:.2%};
  descent-override: {-down:.2%};
  line-gap-override: {gap:.2%};
}}
"""


def write_fonts(packages: Path, folder: Path, jobs: int) -> str:
    """Write the subset fonts with their licences, and give the rules that declare them."""
    folder.mkdir(parents=True, exist_ok=True)

    def write_font(face: Face) -> str:
        package = packages / face.package
        font = subset(package / face.source, face)
        font.recalcTimestamp = False
        font.save(folder / face.file)
        shutil.copyfile(package / "LICENSE", folder / f"{face.package}-LICENSE.txt")
        return rules(font, face)

    return "".join(each(jobs, write_font, FACES))


def write_plain(app: Sphinx, path: Path) -> Path:
    """Write the face of the headings as Matplotlib reads it: one weight, not packed."""
    face = FACES[0]
    font = TTFont(Path(app.srcdir, PACKAGES, face.package, face.source))
    font.flavor = None
    instantiateVariableFont(font, {"wght": 600}).save(path)
    return path


def write_for_figures(app: Sphinx) -> None:
    """Write the typeface of the interface as Matplotlib reads it, in the two weights of figures."""
    packages = Path(app.srcdir, PACKAGES)

    def make(folder: Path) -> None:
        face = FACES[2]

        def write_weight(weight: int) -> None:
            font = TTFont(packages / face.package / face.source)
            font.flavor, font.recalcTimestamp = None, False
            path = folder / f"{face.package}-{weight}.ttf"
            instantiateVariableFont(font, {"wght": weight}).save(path)

        each(app.parallel, write_weight, (400, 700))

    made = once(Path(app.srcdir, MADE, "figures"), key_of(packages), make)
    for path in made.iterdir():
        put(path, TYPEFACE / path.name)


def part_colours(parts: Iterable[Part]) -> str:
    """Give each part its colour and tint, on light and on dark pages."""
    made = []
    for part in parts:
        light, tint, dark, dark_tint = part.colours
        made.append(
            f".part-{part.number} {{ --part: light-dark({light}, {dark});"
            f" --part-tint: light-dark({tint}, {dark_tint}); }}\n"
        )
    return "".join(made)


def key_of(packages: Path) -> str:
    """Give what the typefaces of the site depend on."""
    sources = [packages / face.package / face.source for face in FACES]
    code = [Path(__file__), *sources]
    versions = "".join(version(package) for package in ("fonttools", "brotli", "matplotlib"))
    return digest(versions.encode(), *(path.read_bytes() for path in code))


def write(app: Sphinx) -> None:
    """Write fonts and style sheet where Sphinx finds them."""
    if app.builder.format != "html":
        return
    folder = Path(app.srcdir, FOLDER)
    packages = Path(app.srcdir, PACKAGES)

    def make(target: Path) -> None:
        faces = write_fonts(packages, target / "fonts", app.parallel)
        (target / "faces.css").write_text(faces, "utf-8")

    made = once(Path(app.srcdir, MADE, "typefaces"), key_of(packages), make)
    for path in (made / "fonts").iterdir():
        put(path, folder / "fonts" / path.name)
    faces = (made / "faces.css").read_text("utf-8")
    (folder / NAME).write_text(faces + part_colours(outline_of(app.config).parts), "utf-8")
    late = faces.replace("font-display: optional", "font-display: swap")
    (folder / LATE).write_text(late, "utf-8")
    app.config.html_static_path.append(FOLDER)


def setup(app: Sphinx) -> None:
    """Write when the outline is known, before pages refer to the style sheet."""
    app.connect("builder-inited", write_for_figures, priority=1)  # before lessons run
    app.connect("builder-inited", write)
