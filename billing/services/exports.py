"""Handing over what a tax inspection asks for: the papers, an index, and a manifest by which each byte is checked."""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import RawIOBase, StringIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Invoice
from billing.selectors import Wanted, invoices_found
from billing.services.printing import file_name
from office.clock import JST
from office.errors import Refused
from office.models import File
from office.services import journal_write
from office.viewer import Viewer

MOST = 2_000  # documents in one file
TOO_MANY = gettext_noop(
    "These are more than %(limit)s documents. Please narrow the days and export them one after another."
)
NOTHING = gettext_noop("No issued invoice was found. There is nothing to export.")
MANIFEST, INDEX, HOW = "SHA256SUMS.txt", "索引.csv", "はじめに.txt"
HEADINGS = (
    "発行日", "取引先コード", "取引先", "税込金額", "請求書番号", "種類", "差し替え元の番号", "ファイル名", "SHA-256",
)  # fmt: skip
KINDS = {
    Invoice.Kind.INVOICE: "請求書", Invoice.Kind.RETURN: "返還請求書", Invoice.Kind.CORRECTED: "訂正請求書",
}  # fmt: skip
TOLD = """誠から書き出した請求書 {count}件({at})

索引.csv           一覧(UTF-8 BOM付き)。1行が1通です。
pdf/               発行した請求書のPDF。発行時に保存したものと同じです。
SHA256SUMS.txt     すべてのファイルのSHA-256です。

改ざんがないことの確かめ方: このフォルダーで sha256sum -c SHA256SUMS.txt を実行し、
すべて OK と出れば発行したときのままです。
ファイル名が空の行は、他のシステムから取り込んだもの、またはPDFを作成中のものです。
"""
MOST_BYTES = 240  # of a name in the archive: a file system takes 255
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True)
class Export:
    """A ZIP to be streamed: its name, how many documents, its bytes piece by piece."""

    name: str
    count: int
    data: Iterator[bytes]


def invoices_export(*, viewer: Viewer, wanted: Wanted) -> Export:
    """Return what was issued among what is found, and note in the journal who took it, by which search (0-21).

    Drafts are no documents and stay out. Refused when nothing is found, or more than MOST. The bytes are read one paper
    at a time while they are sent.
    """
    issued = invoices_found(viewer, replace(wanted, before="", state=Invoice.State.ISSUED))
    rows = list(issued.select_related("customer", "corrects", "file").defer("file__data", "paper")[: MOST + 1])
    if not rows:
        raise Refused("not_found", NOTHING)
    if len(rows) > MOST:
        raise Refused("invalid", TOO_MANY, limit=MOST)
    asked = {name: value for name, value in vars(wanted).items() if value and name not in ("before", "state")}
    with transaction.atomic():
        journal_write(
            actor=viewer.user, verb=gettext_noop("Invoices exported"), about="export invoices",
            detail="\n".join([f"{len(rows)}", *(f"{name} {value}" for name, value in asked.items())]), at=viewer.at,
        )  # fmt: skip
    at = viewer.at.astimezone(JST)
    return Export(f"makoto-{at:%Y%m%d-%H%M}.zip", len(rows), _zipped(rows, f"{at:%Y-%m-%d %H:%M}"))


class _Pipe(RawIOBase):
    """Where the ZIP is written to: what has gathered is handed on."""

    def __init__(self) -> None:
        super().__init__()
        self.gathered: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Gather."""
        self.gathered.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what has gathered since."""
        data = b"".join(self.gathered)
        self.gathered.clear()
        return data


def _zipped(rows: list[Invoice], at: str) -> Iterator[bytes]:
    pipe, sums = _Pipe(), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((HOW, TOLD.format(count=len(rows), at=at).encode()), (INDEX, _index(rows))):
            archive.writestr(name, data)
            sums.append((hashlib.sha256(data).hexdigest(), name))
        for row in rows:
            if row.file is not None:
                # The sum is the one taken when the paper was stored: a byte changed since is noticed.
                archive.writestr(
                    _file_name(row), bytes(File.objects.values_list("data", flat=True).get(pk=row.file.pk))
                )
                sums.append((row.file.sha256, _file_name(row)))
                yield pipe.taken()
        archive.writestr(MANIFEST, "".join(f"{sha256}  {name}\n" for sha256, name in sums))
    yield pipe.taken()


def _file_name(row: Invoice) -> str:
    if row.file is None or row.issued_on is None:
        return ""
    kept = row.file.name  # what was stored under a longer name than a file system takes is called anew
    name = kept if len(kept.encode()) <= MOST_BYTES else file_name(row.issued_on, row.customer.name, row)
    return f"pdf/{UNSAFE.sub('_', name)}"


def _index(rows: list[Invoice]) -> bytes:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        cells = [row.customer.code, row.customer.name]
        replaced = row.corrects.number if row.corrects else ""
        named = [row.number, KINDS[Invoice.Kind(row.kind)], replaced, _file_name(row)]
        writer.writerow(
            [row.issued_on, *map(_plain, cells), row.total, *map(_plain, named), row.file.sha256 if row.file else ""]
        )
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
