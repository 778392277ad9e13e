# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads members of the archives that registries serve: wheels (zip), npm and crate tarballs, Debian packages."""
from __future__ import annotations

import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from progress import SetupError


def read_members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yields (name, stream) of each regular file that `wanted` accepts. Read a stream before asking for the next."""
    try:
        if archive.suffix in (".whl", ".zip"):
            with zipfile.ZipFile(archive) as wheel:
                for info in wheel.infolist():
                    if not info.is_dir() and wanted(info.filename):
                        with wheel.open(info) as stream:
                            yield info.filename, stream
            return
        with _tar(archive) as tar:
            for member in tar:
                if member.isfile() and wanted(member.name):
                    yield member.name, tar.extractfile(member)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise SetupError(f"{archive} is damaged ({error}): remove it and run this again") from error


@contextmanager
def _tar(archive: Path) -> Iterator[tarfile.TarFile]:
    if archive.suffix != ".deb":
        with tarfile.open(archive, "r:gz") as tar:
            yield tar
        return
    unpack = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE)
    try:
        with tarfile.open(fileobj=unpack.stdout, mode="r|") as tar:
            yield tar
    finally:
        unpack.stdout.close()
        unpack.wait()
