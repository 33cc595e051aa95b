"""Refuse every socket that leaves the machine, and note who tried: put this folder on PYTHONPATH.

Every Python that inherits the environment is watched: the build, its workers and its kernels.
"""

import ipaddress
import os
import sys

WATCHED = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


def is_local(host):
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guard(event, args):
    if event not in WATCHED:
        return
    address = args[0] if event == "socket.getaddrinfo" else args[1]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(address, tuple) or event == "socket.getaddrinfo":  # others are local by nature
        host = host.decode() if isinstance(host, bytes) else host
        if not is_local(host):
            with open(os.environ["REFUSED_SOCKETS"], "a", encoding="utf-8") as log:
                log.write(f"{event} {host} by {' '.join(sys.argv)}\n")
            raise OSError(f"no network: {event} to {host}")


sys.addaudithook(guard)
