# SPDX-License-Identifier: GPL-3.0-or-later
"""Load: many calls at once from SIPp, each sending ulaw speech."""

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from . import audio
from .asterisk import Asterisk
from .ports import free_port, free_range

# The endpoint that SIPp's calls belong to: known by name, no password. Give it to Asterisk(extra=…).
ENDPOINT = {
    "pjsip.conf": """
[load]
type = endpoint
context = from-phones
disallow = all
allow = ulaw
direct_media = no
rtp_symmetric = yes
callerid = Load <900>
set_var = PARLEY_LANGUAGE=en
"""
}

SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="a call that speaks">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Load" <sip:load@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:load@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=load 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=ptime:20
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Load" <sip:load@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0
  ]]></send>
  <nop><action><exec rtp_stream="{audio},-1,0"/></action></nop>
  <pause milliseconds="{milliseconds}"/>
  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Load" <sip:load@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0
  ]]></send>
  <recv response="200"/>
</scenario>
"""


def encode_ulaw(samples: np.ndarray) -> bytes:
    """G.711 mu-law of s16 samples."""
    x = np.clip(samples.astype(np.int32), -32635, 32635)
    magnitude = np.abs(x) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return (~(((x < 0) << 7) | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()


class Sipp:
    """`calls` calls to `number`, `rate` new ones a second, each `seconds` long.

    with Asterisk(extra=sipp.ENDPOINT) as pbx, Sipp(pbx, "600", calls=50, seconds=10) as load:
        …
        load.wait()
        assert load.failed == 0
    """

    def __init__(self, pbx: Asterisk, number: str, *, calls: int, seconds: float, rate: float = 25):
        self.pbx = pbx
        self.number = number
        self.calls = calls
        self.seconds = seconds
        self.rate = rate
        self.directory = Path(tempfile.mkdtemp(prefix="parley-sipp-"))
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Sipp":
        speech = self.directory / "speech.ulaw"
        speech.write_bytes(encode_ulaw(audio.babble(4.0, 8000)))
        scenario = self.directory / "scenario.xml"
        scenario.write_text(SCENARIO.format(audio=speech, milliseconds=int(self.seconds * 1000)))
        command = ["sipp", f"127.0.0.1:{self.pbx.sip_port}", "-i", "127.0.0.1", "-mi", "127.0.0.1"]
        command += ["-p", str(free_port()), "-mp", str(free_range(4)), "-sf", str(scenario), "-s", self.number]
        command += ["-m", str(self.calls), "-l", str(self.calls), "-r", str(self.rate), "-nostdin"]
        command += ["-trace_stat", "-stf", str(self.directory / "statistics.csv"), "-trace_err"]
        command += ["-timeout", f"{int(self.seconds + self.calls / self.rate + 20)}s"]
        log = open(self.directory / "sipp.log", "wb")
        self.process = subprocess.Popen(
            command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        log.close()
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)

    def wait(self, timeout: float | None = None) -> None:
        self.process.wait(timeout or self.seconds + self.calls / self.rate + 30)

    @property
    def successful(self) -> int:
        return self._statistic("SuccessfulCall(C)")

    @property
    def failed(self) -> int:
        return self._statistic("FailedCall(C)")

    def _statistic(self, name: str) -> int:
        with open(self.directory / "statistics.csv") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        return int(rows[-1][name])
