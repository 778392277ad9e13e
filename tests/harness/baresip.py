# SPDX-License-Identifier: GPL-3.0-or-later
"""A SIP phone without a head: speaks a WAV, records what it hears, is dialled and answered from the test."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from . import audio
from .asterisk import Asterisk
from .ports import free_port, free_range, give_back
from .process import end, wait_for

# codec: name in baresip, rate of the WAV that it takes
CODECS = {
    "ulaw": ("PCMU/8000/1", 8000),
    "alaw": ("PCMA/8000/1", 8000),
    "g722": ("G722/16000/1", 16000),
    "slin16": ("L16/16000/1", 16000),
    "opus": ("opus/48000/1", 48000),
}

RTP_PORTS = 20

CONFIG = """
sip_listen {address}:{sip_port}
call_local_timeout 120
call_max_calls 4
audio_path /usr/share/baresip
audio_player aubridge,null-{name}
audio_source aufile,{microphone}
audio_alert aubridge,alert-{name}
ausrc_srate 0
auplay_srate 0
ausrc_channels 1
auplay_channels 1
audio_txmode thread
audio_level no
ausrc_format s16
auplay_format s16
auenc_format s16
audec_format s16
rtp_ports {rtp_port}-{rtp_last}
rtcp_mux no
jitter_buffer_type fixed
jitter_buffer_delay 1-5
rtp_stats no
module_path {modules}
module aufile.so
module aubridge.so
module g711.so
module g722.so
module opus.so
module l16.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control_port}
snd_path {recordings}
opus_application voip
opus_stereo no
opus_sprop_stereo no
statmode_default off
"""


class Baresip:
    """Runs from __enter__ to __exit__ as the phone of the endpoint `name` of an Asterisk.

    wav        what it says from the moment a call is established: a file (mono, 16 bit, any rate) or 16 kHz samples;
               silence after that, for `seconds` in all (it hangs up when they are over)
    register   False: can call but cannot be called
    answer     "auto" or "manual"; manual rings until answer()
    """

    def __init__(
        self,
        name: str,
        pbx: Asterisk,
        *,
        wav: str | Path | np.ndarray | None = None,
        codec: str = "g722",
        seconds: float = 120,
        register: bool = True,
        answer: str = "auto",
        password: str | None = None,
        directory: str | Path | None = None,
    ):
        self.name = name
        self.pbx = pbx
        self.codec = codec
        self.register = register
        self.auto_answer = answer == "auto"
        self.password = password if password is not None else pbx.secrets.get(f"{name}_secret", "")
        self._own_directory = directory is None
        self.directory = Path(directory) if directory else Path(tempfile.mkdtemp(prefix=f"parley-{name}-"))
        self.recordings = self.directory / "recordings"
        self.recordings.mkdir(parents=True, exist_ok=True)
        self.microphone = self._make_microphone(wav, seconds)
        self.sip_port = free_port()
        self.control_port = free_port()
        self.events: list[tuple[float, dict]] = []  # time.monotonic(), what baresip reported
        self.process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._rtp_port = 0

    # ---- life ----------------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Baresip":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind, error, trace) -> None:
        self.stop()
        if self._own_directory and kind is None and not os.environ.get("PARLEY_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        self._configure()
        log = open(self.directory / "baresip.log", "wb")
        self.process = subprocess.Popen(
            ["baresip", "-4", "-f", str(self.directory)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        log.close()
        self._control = wait_for(self._connect, 10, f"baresip {self.name} to start")
        threading.Thread(target=self._listen, daemon=True).start()
        if self.register:
            self.pbx.wait_registered(self.name)

    def stop(self) -> None:
        if self._control:
            self.command("quit", check=False)
            self._control.close()
            self._control = None
        if self.process:
            try:
                self.process.wait(2)
            except subprocess.TimeoutExpired:
                end(self.process)
        give_back(self._rtp_port, RTP_PORTS)

    # ---- calls ---------------------------------------------------------------------------------------------------------

    def dial(self, number: str, wait: float | None = 10) -> None:
        """Calls a number of the dialplan; waits until it is established unless told otherwise."""
        seen = len(self.events)
        self.command("dial", f"sip:{number}@{self.pbx.sip_address}:{self.pbx.sip_port}")
        if wait is not None:
            self.wait_event("CALL_ESTABLISHED", wait, since=seen)

    def answer(self) -> None:
        self.command("accept")

    def hangup(self) -> None:
        self.command("hangup")

    def press(self, keys: str, pause: float = 0.25) -> None:
        for key in keys:
            self.command("sndcode", key)
            time.sleep(pause)
            self.command("sndcode", "\x04")  # baresip's "key released"
            time.sleep(pause)

    def wait_established(self, timeout: float = 10) -> float:
        return self.wait_event("CALL_ESTABLISHED", timeout)

    def wait_closed(self, timeout: float = 10) -> float:
        return self.wait_event("CALL_CLOSED", timeout)

    def wait_event(self, kind: str, timeout: float = 10, since: int = 0) -> float:
        """When (time.monotonic()) baresip reported an event of this type."""

        def found() -> float | None:
            return next((at for at, event in list(self.events)[since:] if event.get("type") == kind), None)

        return wait_for(found, timeout, f"{kind} at {self.name}; it saw {[e.get('type') for _, e in self.events]}")

    def seen(self, kind: str) -> list[dict]:
        return [event for _, event in list(self.events) if event.get("type") == kind]

    @property
    def in_call(self) -> bool:
        return len(self.seen("CALL_ESTABLISHED")) > len(self.seen("CALL_CLOSED"))

    # ---- what was said and heard ---------------------------------------------------------------------------------------

    def heard(self, call: int = -1) -> np.ndarray:
        """What the earpiece played, as 16 kHz samples. Lacks the first 70 to 80 ms. Complete when the call has ended."""
        return self._recording("dec", call)

    def said(self, call: int = -1) -> np.ndarray:
        """What the microphone gave, as 16 kHz samples."""
        return self._recording("enc", call)

    def _recording(self, kind: str, call: int) -> np.ndarray:
        files = sorted(self.recordings.glob(f"dump-*-{kind}.wav"), key=lambda file: file.stat().st_mtime)
        if not files:
            return np.zeros(0, dtype=np.int16)
        samples, rate = audio.read_wav(files[call])
        return audio.resample(samples, rate, 16000)

    # ---- control -------------------------------------------------------------------------------------------------------

    def command(self, command: str, parameters: str = "", *, check: bool = True) -> None:
        message = json.dumps({"command": command, "params": parameters, "token": "t"}).encode()
        try:
            self._control.sendall(b"%d:%s," % (len(message), message))
        except OSError:
            if check:
                raise

    def _connect(self) -> socket.socket | None:
        if self.process.poll() is not None:
            raise RuntimeError(f"baresip ended at once: {(self.directory / 'baresip.log').read_text()[-1000:]}")
        try:
            control = socket.create_connection(("127.0.0.1", self.control_port), timeout=1)
            control.settimeout(None)
            return control
        except OSError:
            return None

    def _listen(self) -> None:
        """Reads netstrings, each a JSON object."""
        data = b""
        control = self._control
        while True:
            try:
                portion = control.recv(65536)
            except OSError:
                return
            if not portion:
                return
            data += portion
            while b":" in data:
                length, _, rest = data.partition(b":")
                if len(rest) < int(length) + 1:
                    break
                message = json.loads(rest[: int(length)])
                data = rest[int(length) + 1 :]
                if message.get("event"):
                    self.events.append((time.monotonic(), message))

    # ---- making it -----------------------------------------------------------------------------------------------------

    def _configure(self) -> None:
        rtp_port = self._rtp_port = free_range(RTP_PORTS)
        (self.directory / "config").write_text(
            CONFIG.format(
                name=self.name,
                address=self.pbx.sip_address,
                sip_port=self.sip_port,
                microphone=self.microphone,
                rtp_port=rtp_port,
                rtp_last=rtp_port + RTP_PORTS - 1,
                modules=self._modules(),
                control_port=self.control_port,
                recordings=self.recordings,
            )
        )
        (self.directory / "accounts").write_text(
            f"<sip:{self.name}@{self.pbx.sip_address}:{self.pbx.sip_port}>;auth_user={self.name};auth_pass={self.password}"
            f";regint={60 if self.register else 0};audio_codecs={CODECS[self.codec][0]}"
            f";answermode={'auto' if self.auto_answer else 'manual'};ptime=20\n"
        )
        (self.directory / "contacts").write_text("")

    @staticmethod
    def _modules() -> Path:
        return next(p for p in (Path("/usr/lib/baresip/modules"), Path("/usr/lib64/baresip/modules")) if p.exists())

    def _make_microphone(self, wav: str | Path | np.ndarray | None, seconds: float) -> Path:
        """baresip wants the codec's rate, and hangs up at the file's end."""
        rate = CODECS[self.codec][1]
        if wav is None:
            samples = np.zeros(0, dtype=np.int16)
        elif isinstance(wav, np.ndarray):
            samples = audio.resample(wav, 16000, rate)
        else:
            samples, own_rate = audio.read_wav(wav)
            samples = audio.resample(samples, own_rate, rate)
        padded = np.pad(samples, (0, max(0, int(seconds * rate) - len(samples))))
        return audio.write_wav(self.directory / "microphone.wav", padded, rate)
