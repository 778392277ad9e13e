# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Asterisk: own configuration, own ports, own directories, our module."""

import base64
import json
import os
import shlex
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from .ports import free_port, free_range, give_back
from .process import REPOSITORY, end, wait_for

RTP_PORTS = 400


class Asterisk:
    """Runs from __enter__ (or start()) to __exit__ (or stop()).

    media_socket   where the media server of chan_externalmedia listens
    audiosocket    host:port of the AudioSocket server the dialplan dials
    externalmedia  settings of externalmedia.conf that differ from ours, such as {"after_loss": "continue"}
    extra          text to append to configuration files, such as {"extensions.conf": "[test]\\n…"}
    sip_bind       address for SIP; the port is a free one unless sip_port is given
    """

    def __init__(
        self,
        media_socket: str | Path | None = None,
        *,
        audiosocket: str = "127.0.0.1:9",
        externalmedia: dict[str, str] | None = None,
        extra: dict[str, str] | None = None,
        sip_bind: str = "127.0.0.1",
        sip_port: int | None = None,
        http_port: int | None = None,
        module: str | Path | None = None,
        directory: str | Path | None = None,
    ):
        self._own_directory = directory is None
        self.directory = Path(directory) if directory else Path(tempfile.mkdtemp(prefix="parley-"))
        self.etc = self.directory / "etc"
        self.media_socket = Path(media_socket) if media_socket else self.directory / "media.sock"
        self.audiosocket = audiosocket
        self.externalmedia = externalmedia or {}
        self.extra = extra or {}
        self.sip_host = sip_bind
        self.sip_port = sip_port or free_port()
        self.http_port = http_port or free_port()
        self.rtp_first = free_range(RTP_PORTS)
        self.rtp_last = self.rtp_first + RTP_PORTS - 1
        self.module = Path(module or os.environ.get("PARLEY_MODULE", REPOSITORY / "build/asterisk/chan_externalmedia.so"))
        self.process: subprocess.Popen | None = None
        self.secrets: dict[str, str] = {}

    # ---- life ----------------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Asterisk":
        self.start()
        return self

    def __exit__(self, kind, error, trace) -> None:
        self.stop()
        give_back(self.rtp_first, RTP_PORTS)
        if kind is not None:
            print(f"Asterisk's log, {self.directory}:\n" + "\n".join(self.log().splitlines()[-60:]))
        elif self._own_directory and not os.environ.get("PARLEY_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, timeout: float = 30) -> None:
        self._configure()
        output = open(self.directory / "console.log", "wb")
        self.process = subprocess.Popen(
            [*self._command(), "-f"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.directory,
            start_new_session=True,  # Ctrl-C in the terminal is for us
        )  # fmt: skip
        output.close()

        def booted() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"Asterisk ended at once: see {self.directory}/console.log\n{self.log()[-2000:]}")
            return self.cli("core waitfullybooted", check=False).startswith("Asterisk has fully booted")

        wait_for(booted, timeout, "Asterisk to start", every=0.1)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.cli("core stop now", check=False)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                end(self.process)

    @property
    def sip_address(self) -> str:
        """Where phones on this machine reach it."""
        return "127.0.0.1" if self.sip_host == "0.0.0.0" else self.sip_host

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # ---- talking to it -------------------------------------------------------------------------------------------------

    def cli(self, command: str, *, check: bool = True, timeout: float = 10) -> str:
        """What Asterisk's command line answers."""
        done = subprocess.run(
            [*self._command(), "-rx", command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
        )
        if check and (done.returncode != 0 or done.stdout.startswith("No such command")):
            raise RuntimeError(f"Asterisk did not take '{command}': {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def ari(self, method: str, path: str, body: dict | None = None, **parameters: str):
        """A request to the REST interface, such as ari("POST", "/channels", endpoint="ExternalMedia/s/a", app="test")."""
        url = f"http://127.0.0.1:{self.http_port}/ari{path}?{urllib.parse.urlencode(parameters)}"
        request = urllib.request.Request(url, method=method, data=json.dumps(body).encode() if body else None)
        login = base64.b64encode(f"parley:{self.secrets['ari_secret']}".encode()).decode()
        request.add_header("Authorization", f"Basic {login}")
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"ARI {method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}/ari"

    def log(self) -> str:
        files = [self.directory / "var/log/messages", self.directory / "console.log"]
        return "".join(f.read_text(errors="replace") for f in files if f.exists())

    def channels(self) -> list[str]:
        """The names of all channels there are."""
        rows = self.cli("core show channels concise").splitlines()
        return [row.split("!")[0] for row in rows if "!" in row]

    def wait_idle(self, timeout: float = 10) -> None:
        wait_for(lambda: not self.channels(), timeout, "all channels to end", every=0.1)

    def wait_registered(self, name: str, timeout: float = 10) -> None:
        wait_for(lambda: f"{name}/sip:" in self.cli("pjsip show contacts"), timeout, f"{name} to register", every=0.1)

    def media_channels(self) -> list[dict[str, str]]:
        """The rows of `externalmedia show channels`: Channel, Session, Leg, Lang, State, Sec, Recv, Play, …"""
        lines = self.cli("externalmedia show channels").splitlines()
        names = lines[0].split()
        return [dict(zip(names, line.split(), strict=True)) for line in lines[1:-1]]

    def media_totals(self) -> dict[str, int]:
        """The last line of `externalmedia show channels`: received, played, overflowed, skipped, sent, send dropped, …"""
        line = self.cli("externalmedia show channels").splitlines()[-1]
        counts, _, rest = line.partition("; together: ")
        totals = {name: int(number) for name, _, number in (part.rpartition(" ") for part in rest.split(", "))}
        return totals | {"active": int(counts.split()[0]), "channels": int(counts.split()[3])}

    # ---- what it costs -------------------------------------------------------------------------------------------------

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory_kib(self) -> int:
        """Resident memory."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise RuntimeError("no VmRSS")

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # ---- making it -----------------------------------------------------------------------------------------------------

    def _command(self) -> list[str]:
        return [str(REPOSITORY / "scripts/asterisk-env"), "run", "-C", str(self.etc / "asterisk.conf")]

    def _configure(self) -> None:
        if not self.module.exists():
            raise RuntimeError(f"{self.module} is missing: run scripts/setup/asterisk.sh")
        for name in ("lib", "cache", "agi", "spool", "run", "log"):
            (self.directory / "var" / name).mkdir(parents=True, exist_ok=True)
        where = self._environment()
        modules = self._link_modules(Path(where["ASTERISK_MODULES"]))
        values = {
            "etc": self.etc,
            "modules": modules,
            "data": where["ASTERISK_DATA"],
            "var": self.directory / "var",
            "sip_bind": f"{self.sip_host}:{self.sip_port}",
            "rtp_first": self.rtp_first,
            "rtp_last": self.rtp_last,
            "http_port": self.http_port,
            "media_socket": self.media_socket,
            "audiosocket": self.audiosocket,
        }
        subprocess.run(
            [REPOSITORY / "scripts/asterisk-conf", self.etc, *(f"{k}={v}" for k, v in values.items())], check=True
        )
        self.secrets = dict(line.split("=", 1) for line in (self.etc / "secrets").read_text().split())
        for name, text in self.extra.items():
            with open(self.etc / name, "a") as file:
                file.write("\n" + text + "\n")
        self.configure_media(**self.externalmedia)

    def configure_media(self, **settings: str) -> None:
        """Changes externalmedia.conf; a running Asterisk needs cli("module reload chan_externalmedia.so") then."""
        file = self.etc / "externalmedia.conf"
        lines = [line for line in file.read_text().splitlines() if line.partition("=")[0].strip() not in settings]
        file.write_text("\n".join([*lines, *(f"{name} = {value}" for name, value in settings.items())]) + "\n")

    def _environment(self) -> dict[str, str]:
        text = subprocess.run(
            [REPOSITORY / "scripts/asterisk-env"], check=True, capture_output=True, text=True, timeout=20
        ).stdout
        return dict(pair.split("=", 1) for pair in shlex.split(text))

    def _link_modules(self, installed: Path) -> Path:
        """Asterisk knows one module directory: this one holds links to the installed modules and to ours."""
        modules = self.directory / "modules"
        shutil.rmtree(modules, ignore_errors=True)
        modules.mkdir()
        for module in installed.glob("*.so"):
            (modules / module.name).symlink_to(module)
        ours = modules / "chan_externalmedia.so"
        ours.unlink(missing_ok=True)
        ours.symlink_to(self.module.resolve())
        return modules
