# SPDX-License-Identifier: GPL-3.0-or-later
"""How a person calls in with a softphone."""

import socket

from .conversation import Conversation
from .services import Exchange

LANGUAGES = {"en": "English", "pt": "Portuguese"}


def instructions(conversation: Conversation, exchange: Exchange) -> str:
    pbx = exchange.pbx
    domain = address_for_others(exchange.address)
    lines = [
        "Call in with a softphone (Linphone, MicroSIP, Zoiper, baresip …): SIP over UDP, no encryption, codec G.722, Opus or G.711.",
        "",
        f"  {'':10} {'user':8} {'password':26} {'domain':20} port",
    ]
    for name, person in conversation.speakers.items():
        language = LANGUAGES.get(person.language, person.language)
        lines.append(f"  {language:10} {name:8} {pbx.secrets[f'{name}_secret']:26} {domain:20} {pbx.sip_port}")
    numbers = ", ".join(f"{person.number} {name}" for name, person in conversation.speakers.items())
    lines += ["", f"Dial {numbers}, 600 the mirror (you hear yourself translated), 601 an echo."]
    if domain.startswith("127."):
        lines.append("Only this machine can reach it. For a phone on your network: make demo LISTEN=<this machine's address>")
    else:
        lines.append(f"A firewall has to let in UDP {pbx.sip_port} and {pbx.rtp_first} to {pbx.rtp_last}.")
    lines.append("Captions of your calls appear here. Ctrl-C ends everything.")
    return "\n".join(lines)


def address_for_others(bound: str) -> str:
    """The address to type into a phone."""
    if bound != "0.0.0.0":
        return bound
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks which of our addresses would be used
            return probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
