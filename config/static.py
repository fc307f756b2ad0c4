"""The files a browser loads: named by their content, gathered again only when one has changed."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

NEVER_SERVED = ["ninja/redoc*"]  # the other viewer of the API's description, 4 MB


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise ships no types
    """Compresses by gzip alone: brotli saves a tenth more and costs two minutes at the first start."""

    def create_compressor(self, **options: Any) -> Compressor:
        """Return what WhiteNoise compresses with."""
        return Compressor(use_brotli=False, **options)


def gather_static_files() -> None:
    """Run collectstatic if a source file was added, removed or changed since the last time."""
    stamp = settings.DATA_DIR / "static.stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NEVER_SERVED)
    stamp.write_text(now)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()
