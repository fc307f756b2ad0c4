"""The PDF: its words, its face, its pages, and nothing fetched."""

import io
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from incidents.letters import Addressee, Letter, Seal, Sender, preview_png
from office.errors import Refused
from office.letter.render import lay_out, render, rendered
from office.letter.sheet import PAGE, STEPS, set_letter
from office.press import faces
from office.press.printing import write

from .samples import TIMELINE, letter, seal_png

NAMES = {
    "addressee": Addressee(company="髙島𠮷工業株式会社", department="営業部", title="取締役", name="渡邉 邊"),
    "sender": Sender(
        company="株式会社誠和精機", address="架空県見本市本町一丁目2番3号", title="社長", name="辻\U000e0100 﨑子"
    ),
}


def squeezed(text: str) -> str:
    return re.sub(r"[\s　\u2060]", "", text)


def text_of(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def body_of(told: Letter) -> str:
    """Return what must be read out of the paper, in order: salutation to closing, facts, contacts."""
    facts = "".join(f"一、{fact.label}{fact.text}" for fact in told.facts)
    people = "".join(f"{contact.name}直通{contact.phone}" for contact in told.contacts)
    paragraphs = "".join(told.paragraphs)
    rows = f"記{facts}以上" if facts else ""
    return squeezed(
        f"{told.title}{told.salutation}{told.opening}{paragraphs}{told.closing}{rows}お問い合わせ{people}同封"
    )


@pytest.mark.parametrize("known", [{"gravity": "A"}, {"gravity": "B", **NAMES}, {"gravity": "C", "handed_over": False}])
def test_the_text_comes_out_of_the_paper_as_it_was_written(known: dict[str, object]) -> None:
    told = letter(**known)
    pdf = render(told)
    text = text_of(pdf)
    assert body_of(told) in text
    to, sender = told.addressee, told.sender
    head = squeezed(f"第R8-0412号令和8年11月24日{to.company}{to.department}{to.title}{to.name}様")
    assert text.startswith(head)
    assert squeezed(f"{sender.company}{sender.title}{sender.name}") in text
    assert "下書き" not in text


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")
def test_another_reader_sees_the_same_text(tmp_path: Path) -> None:
    told = letter(**NAMES)
    (tmp_path / "letter.pdf").write_bytes(render(told))
    text = subprocess.run(["pdftotext", "-raw", tmp_path / "letter.pdf", "-"], capture_output=True, check=True).stdout
    assert body_of(told) in squeezed(text.decode())
    assert squeezed("取締役 渡邉 邊 様") in squeezed(text.decode())


def test_a_draft_is_marked_and_an_issued_letter_is_not() -> None:
    told = letter(gravity="A", timeline=TIMELINE)
    pages = PdfReader(io.BytesIO(render(told, draft=True))).pages
    assert all("下書き" in squeezed(page.extract_text()) for page in pages)
    assert "下書き" not in text_of(render(told))


@pytest.mark.parametrize(("gravity", "size"), [("A", 10.5), ("B", 10.5), ("C", 12)])
def test_each_gravity_fits_one_page_in_readable_type(gravity: str, size: float) -> None:
    told = letter(gravity=gravity, inquiry_until=date(2026, 12, 4))
    assert rendered(told).pages == 1
    assert set_letter(told).step.size >= size


def test_the_account_follows_on_its_own_page() -> None:
    told = letter(gravity="A", timeline=TIMELINE)
    made = rendered(told)
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(made.data)).pages]
    assert made.pages == len(pages) == 2
    assert pages[1].startswith("別紙経緯のご報告")
    assert pages[0].endswith("1／2")


@pytest.mark.parametrize("longer", [0, 2, 3, 5])
def test_the_reckoned_height_is_the_real_one(longer: int) -> None:
    told = letter()
    told = told.model_copy(
        update={"paragraphs": (*told.paragraphs[:3], *[told.paragraphs[2]] * longer, *told.paragraphs[3:])}
    )
    assert (rendered(told).pages == 1) is set_letter(told).fits


def test_a_short_letter_is_set_larger_and_lower() -> None:
    sheet = set_letter(letter(gravity="C"))
    assert sheet.step == STEPS[0]
    assert sheet.height < PAGE


def test_every_face_is_embedded_and_ours() -> None:
    reader = PdfReader(io.BytesIO(render(letter(gravity="A", timeline=TIMELINE), draft=True)))
    pages: list[Any] = list(reader.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    below = [font["/DescendantFonts"][0].get_object() for font in fonts]
    assert fonts
    assert all("/FontFile2" in font["/FontDescriptor"] for font in below)
    assert all(font["/ToUnicode"] for font in fonts)
    assert {re.sub(r"^/[A-Z]{6}\+", "", font["/BaseFont"]) for font in below} <= {
        "Letter",
        "Makoto-Letter",
        "MakotoLetter-Regular",
    }


def test_the_paper_is_archival_tagged_and_titled() -> None:
    pdf = render(letter())
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.xmp_metadata is not None
    assert reader.metadata is not None
    assert reader.metadata.title == "請求書発行もれのお詫び"
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "ja"
    assert b'part="3"' in catalog["/Metadata"].get_object().get_data()


def test_the_same_letter_gives_the_same_bytes() -> None:
    told = letter(seal=Seal.of(seal_png()))
    assert render(told) == render(told)


def test_a_printed_seal_is_18_mm_behind_the_name() -> None:
    page: Any = PdfReader(io.BytesIO(render(letter(seal=Seal.of(seal_png()))))).pages[0]
    drawn = re.search(rb"([\d.]+) 0 0 -([\d.]+) 0 [\d.]+ cm\s*/i\S+ Do", page.get_contents().get_data())
    assert drawn is not None
    assert [round(float(side) * 25.4 / 96, 2) for side in drawn.groups()] == [18, 18]
    assert len(page.images) == 1


@pytest.mark.parametrize(
    ("kind", "draft", "shown"), [("room", True, True), ("room", False, False), ("none", True, False)]
)
def test_room_for_a_seal_is_framed_on_drafts_only(kind: Any, draft: bool, shown: bool) -> None:
    assert ("印" in text_of(render(letter(seal=Seal(kind=kind)), draft=draft))) is shown


def test_figures_are_half_width() -> None:
    assert {faces.width(figure) for figure in "0123456789"} == {0.5}


def test_a_cut_face_depends_on_its_characters_only() -> None:
    assert faces.cut("謹啓123髙") == faces.cut("髙髙321啓謹")


def test_a_character_without_a_shape_is_refused_by_name() -> None:
    with pytest.raises(Refused) as caught:
        render(letter().with_text("title", "お詫び龘😀"))
    assert caught.value.facts == {"characters": "龘、😀"}


HOSTILE = [
    '<img src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<style>@import "{url}";</style>',
    "<style>@font-face{{font-family:x;src:url({url})}}body{{font-family:x}}</style>",
    '<p style="background:url({url})">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{file}">x</a>',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<base href="{url}"><img src="x.png">',
    '<img src="{file}">',
    '<link rel="attachment" href="{file}">',
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/></svg>",
    "<svg><use href='{url}#a'/></svg>",
    "<style>@page{{background:url({url})}}</style>",
    "<style>p::before{{content:url({url})}}</style><p>",
    '<ul style="list-style-image:url({url})"><li>x</ul>',
    '<input type="image" src="{url}">',
    '<iframe src="{url}"></iframe>',
    "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/></svg>\">",
]


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that notes every request."""
    paths: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/canary", paths
    server.shutdown()


def test_hostile_markup_in_a_letter_is_text(asked: tuple[str, list[str]]) -> None:
    url, paths = asked
    traps = tuple(trap.format(url=url, file="file:///etc/passwd") for trap in HOSTILE)
    told = letter().model_copy(update={"paragraphs": traps}).with_text("addressee.company", traps[0])
    told = told.with_text("title", "{{ 7 }} {% load x %} ${x}").with_text("facts.0.text", traps[1])
    pdf = render(told)
    text = text_of(pdf)
    assert all(squeezed(part) in text for part in (*traps, told.title))
    assert paths == []
    assert not PdfReader(io.BytesIO(pdf)).attachments


@pytest.mark.parametrize("trap", HOSTILE)
def test_even_markup_that_got_through_fetches_and_attaches_nothing(
    trap: str, asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, paths = asked
    (tmp_path / "secret.txt").write_text("canary")
    html = f"<html><body>{trap.format(url=url, file=(tmp_path / 'secret.txt').as_uri())}</body></html>"
    try:
        pdf = write(lay_out(html, {}))
    except (FatalURLFetchingError, ValueError):
        pdf = b""
    assert paths == []
    assert b"canary" not in pdf
    assert not pdf or not PdfReader(io.BytesIO(pdf)).attachments


def test_the_preview_is_a_picture_of_the_page() -> None:
    picture = Image.open(io.BytesIO(preview_png(render(letter(seal=Seal.of(seal_png())), draft=True), dpi=72)))
    assert picture.size == (596, 842)
    with pytest.raises(Refused):
        preview_png(render(letter(gravity="C")), page=2)


def test_a_page_that_is_nearly_full_gives_up_some_of_its_gaps() -> None:
    told = letter(papers_by=date(2026, 12, 2), training_by=date(2026, 12, 18), inquiry_until=date(2026, 12, 4))
    sheet = set_letter(told, STEPS[-1:])
    fuller = told.model_copy(update={"paragraphs": (*told.paragraphs, *["字"] * int((PAGE - sheet.height) / 6.1 + 1))})
    assert set_letter(fuller).height > PAGE
    assert set_letter(fuller).fits
    assert rendered(fuller).pages == 1


def test_long_titles_and_addresses_find_their_room() -> None:
    long = "代表取締役専務執行役員　生産本部長　兼　経営企画担当　兼　品質保証担当役員"
    told = letter(
        addressee=Addressee(company="東和工業株式会社", title=long, name="岡本 隆一"),
        sender=Sender(
            company="株式会社誠和精機",
            address="架空県見本市本町一丁目2番3号　誠和精機本社別館12階　営業統括部",
            title=long,
            name="髙﨑 誠",
        ),
    )
    text = render(told)
    assert squeezed(f"{long}岡本隆一様") in text_of(text)
    assert squeezed(f"株式会社誠和精機{long}髙﨑誠") in text_of(text)
