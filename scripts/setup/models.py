# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is in the cache to what the manifest asks for: a plan first, then its steps in order."""
from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import environment
import licences
import machine
import override
import registries
from files import Cache
from manifest import Manifest, Package, Product
from products import Workshop
from progress import Progress

ENVIRONMENT_SIZE = 250_000_000  # bytes of the Python environment, unpacked
Work = list[tuple[Product, list[str]]]  # products and their faulty parts


@dataclass
class Plan:
    """What set-up has to do. Making it reads every byte of every product, and nothing of the network."""

    products: list[Product] = field(default_factory=list)  # all that the cache should have, the user's own left out
    clients: Work = field(default_factory=list)  # made before packages are fetched with them
    work: Work = field(default_factory=list)
    archives: dict[str, Path] = field(default_factory=dict)  # package id to archive, of those needed and here
    absent: list[Package] = field(default_factory=list)  # to fetch, clients' first
    create_environment: bool = False
    fill_environment: bool = False

    @property
    def steps(self) -> int:
        parts = len(self.absent) + len(self.clients) + len(self.work)
        return parts + self.create_environment + self.fill_environment

    @property
    def bytes_to_write(self) -> int:
        """About: a product is written beside its old self, a conversion has intermediate files."""
        made = sum(2 * product.size for product, _ in self.clients + self.work)
        return sum(p.size for p in self.absent) + made + (ENVIRONMENT_SIZE if self.fill_environment else 0)


def plan(manifest: Manifest, cache: Cache, workshop: Workshop, bench: bool = False) -> Plan:
    result = Plan(create_environment=not environment.has_pip(cache))
    result.fill_environment = not environment.is_filled(manifest.python_packages, cache)
    ours = [p for p in manifest.products.values() if not override.is_users_own(p, cache)]
    result.products = [p for p in ours if p.kind != "client" and (bench or p.kind != "bench")]
    result.work = _faulty(result.products, workshop)
    _find_packages(result, manifest, cache)
    if registries.lacks_npm() and any(p.registry == "npm" for p in result.absent):
        result.clients = _faulty([p for p in ours if p.kind == "client"], workshop)
        _find_packages(result, manifest, cache)
    return result


def _faulty(products: list[Product], workshop: Workshop) -> Work:
    return [(product, faults) for product in products if (faults := workshop.faults(product))]


def _find_packages(result: Plan, manifest: Manifest, cache: Cache) -> None:
    needed = {i: manifest.packages[i] for product, _ in result.clients for i in product.packages}
    if result.fill_environment:
        needed |= {p.id: p for p in manifest.python_packages}
    needed |= {i: manifest.packages[i] for product, _ in result.work for i in product.packages}
    result.archives = {i: path for i, p in needed.items() if (path := registries.find(p, cache))}
    result.absent = [p for i, p in needed.items() if i not in result.archives]


def set_up(manifest: Manifest, cache: Cache, progress: Progress, bench: bool = False) -> None:
    """Runtimes, models, recordings and the Python environment; with `bench` also the engines that are measured beside ours.
    SetupError with what to do when it cannot."""
    machine.check_python()
    workshop = Workshop(manifest, cache)
    todo = plan(manifest, cache, workshop, bench)
    machine.check_disk(cache.root, todo.bytes_to_write)
    licences.confirm([product for product, _ in todo.work], cache, progress)

    progress.total = progress.done + todo.steps
    workshop.archives = todo.archives
    if todo.create_environment:
        environment.create(cache, progress)
    of_clients = {i for product, _ in todo.clients for i in product.packages}
    _fetch([p for p in todo.absent if p.id in of_clients], todo.archives, cache, progress)
    _make(todo.clients, workshop, progress)
    _fetch([p for p in todo.absent if p.id not in of_clients], todo.archives, cache, progress)
    if todo.fill_environment:
        environment.fill(manifest.python_packages, todo.archives, cache, progress)
    _make(todo.work, workshop, progress)
    override.complete_users_directory(todo.products, cache, progress)


def _fetch(packages: list[Package], archives: dict[str, Path], cache: Cache, progress: Progress) -> None:
    for package in packages:
        with progress.step(f"fetch {package.name} {package.version}", package.size):
            archives[package.id] = registries.fetch(package, cache, progress)


def _make(work: Work, workshop: Workshop, progress: Progress) -> None:
    for product, faults in work:
        with progress.step(f"{'convert' if product.export else 'unpack'} {product.title}", product.size):
            workshop.make(product, faults, progress)
