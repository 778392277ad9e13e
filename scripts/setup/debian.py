# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages: the ones the system lacks, and single archives fetched without installing them."""
from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from files import Cache
from manifest import Manifest, Package
from progress import Progress, SetupError, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def is_installed(names: list[str]) -> dict[str, bool]:
    """Which of these packages dpkg knows as installed. Needs no network."""
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return {name: name in installed for name in names}


def missing_packages(manifest: Manifest) -> list[str]:
    """Names to install: linked packages and tools that dpkg lacks, clients whose command is not on the path."""
    wanted = [s.name for s in manifest.system if s.use in ("linked", "tool")]
    missing = [name for name, there in is_installed(wanted).items() if not there]
    return missing + [s.name for s in manifest.system if s.use == "client" and not shutil.which(s.command)]


def install(names: list[str], cache: Cache, progress: Progress) -> None:
    """Installs them with apt-get; archives go to the cache, so an interrupted run resumes. Needs root."""
    advice = f"apt-get install --no-install-recommends {' '.join(names)}"
    if not shutil.which("apt-get"):
        raise SetupError(
            "set-up installs packages on Debian 12 only and finds no apt-get here. Install what corresponds to these by "
            f"hand, then run this again: {' '.join(names)}"
        )
    if os.geteuid() != 0:
        raise SetupError(
            f"{len(names)} Debian packages are missing and this is not root. Run this, then set-up again as yourself:\n"
            f"    sudo apt-get update && sudo {advice}"
        )
    archives = cache.downloads / "apt"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    options = [f"-oDir::Cache::archives={archives}", "-oAPT::Keep-Downloaded-Packages=true", "-oAPT::Sandbox::User=root"]
    options += ["-oDPkg::Lock::Timeout=600", "-oAcquire::Retries=3", "-qq"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with progress.step("apt-get update"):
        run(["apt-get", *options, "update"], env=environment)
    with progress.step(f"apt-get install, {len(names)} packages and what they need"):
        run(["dpkg", "--configure", "-a"], env=environment)
        run(["apt-get", *options, "install", "-y", "--no-install-recommends", *names], env=environment)


def download(package: Package, target: Path, cache: Cache, watch: Callable[[], None]) -> None:
    """Fetches one .deb into `target` without installing it. Needs no root."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "APT_CONFIG": str(_own_apt(package.suite, cache, watch))}
    command = ["apt-get", "-qq", "-oAPT::Sandbox::User=root", "-oAcquire::Retries=3", "download"]
    try:
        run([*command, f"{package.name}={package.version}"], watch, cwd=target, env=environment)
    except SetupError:
        if not package.rolling:
            raise
        run([*command, package.name], watch, cwd=target, env=environment)


def _own_apt(suite: str, cache: Cache, watch: Callable[[], None]) -> Path:
    """An apt of its own for one suite, so that the system's sources and lists stay as they are. Returns its apt.conf."""
    root = cache.root / "apt" / suite
    for part in ("lists/partial", "archives/partial", "etc/apt.conf.d", "etc/preferences.d"):
        (root / part).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    trusted = f"[signed-by={KEYRING} check-valid-until=no] "
    (root / "etc" / "sources.list").write_text(f"deb {trusted}{_mirror()} {suite} main\n")
    configuration = root / "apt.conf"
    configuration.write_text(
        f'Dir::Etc "{root}/etc";\nDir::State "{root}";\nDir::State::lists "{root}/lists";\n'
        f'Dir::State::status "{root}/status";\nDir::Cache "{root}";\nDir::Cache::archives "{root}/archives";\n'
        'Acquire::Languages "none";\nAPT::Sandbox::User "root";\nAcquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";\n'
        "#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n"
    )
    run(["apt-get", "-qq", "update"], watch, env={**os.environ, "APT_CONFIG": str(configuration)})
    return configuration


def _mirror() -> str:
    """The Debian mirror that this machine uses already, or the one the user names."""
    if own := os.environ.get("PARLEY_DEBIAN_MIRROR"):
        return own
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    targets = ["apt-get", "indextargets", "--format", "$(RELEASE)|$(COMPONENT)|$(REPO_URI)", "Identifier: Packages"]
    for line in run(targets).splitlines():
        release, component, uri = line.split("|", 2)
        if release == codename and component == "main":
            return uri
    raise SetupError("no Debian mirror among this machine's apt sources: name one with PARLEY_DEBIAN_MIRROR=URI")
