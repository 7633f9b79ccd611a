"""The network between the sites of a drill, in one process of user space.

Every member gets a TUN device in its network namespace; this process carries packets from one device to another and
does to them, per direction, what the kernel of this machine may not be able to do: delay, jitter, loss, cut.

Started with one argument, the members as JSON: {"<name>": {"netns": "<path>", "address": "10.88.1.1"}, ...}; a member
without "netns" stands in the namespace of this process. Then it obeys JSON lines on stdin, each answered by one line:
  {"id": 1, "set": [{"from": "a", "to": "b", "delayMs": 1, "jitterMs": 0, "loss": 0, "cut": false}]}   missing fields stay
  {"id": 2, "stats": true}      packets and bytes per direction since the start, and this process's CPU seconds
It ends when stdin does. Standard library only.
"""
import ctypes
import fcntl
import heapq
import json
import os
import random
import resource
import select
import socket
import struct
import subprocess
import sys
import time

MTU = 65000
QUEUE_PACKETS = 10000
READS_AT_ONCE = 64
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
DEVICE = "dure0"
NETWORK = "10.88.0.0/16"


class Link:
    """One direction between two members. Packets never overtake each other, whatever the jitter."""

    __slots__ = ("delay", "jitter", "loss", "cut", "packets", "bytes", "dropped", "latest")

    def __init__(self):
        self.delay = self.jitter = self.loss = self.latest = 0.0
        self.cut = False
        self.packets = self.bytes = self.dropped = 0


def main():
    members = json.loads(sys.argv[1])
    try:
        os.nice(-15)  # It stands in for hardware, which does not wait for its turn.
    except OSError:
        pass
    devices = {name: open_device(member) for name, member in members.items()}
    links = {(a, b): Link() for a in members for b in members if a != b}
    print(json.dumps({"ready": True}), flush=True)
    carry(members, devices, links)


def open_device(member):
    """A TUN device in the member's namespace. It stays connected to this process wherever that is."""
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    if "netns" in member:
        enter(os.open(member["netns"], os.O_RDONLY))
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    for words in (
        "link set lo up",
        f"addr add {member['address']}/32 dev {DEVICE}",
        f"link set {DEVICE} mtu {MTU} txqueuelen {QUEUE_PACKETS} up",
        f"route add {NETWORK} dev {DEVICE} src {member['address']}",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    enter(own)
    return device


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(namespace)


def carry(members, devices, links):
    """The loop: packets in, packets out when they are due, commands in between."""
    by_address = {socket.inet_aton(member["address"]): name for name, member in members.items()}
    # From where a packet came and whom it names decide the link, and the device it goes out of.
    paths = {
        devices[a]: {address: (links[a, b], devices[b]) for address, b in by_address.items() if a != b}
        for a in members
    }
    stdin = sys.stdin.fileno()
    os.set_blocking(stdin, False)
    sources = [*paths, stdin]
    waiting = []
    count = 0
    commands = b""
    clock = time.monotonic
    while True:
        pause = max(0.0, waiting[0][0] - clock()) if waiting else None
        readable, _, _ = select.select(sources, (), (), pause)
        now = clock()
        for source in readable:
            if source == stdin:
                received = os.read(stdin, 65536)
                if not received:
                    return
                *lines, commands = (commands + received).split(b"\n")
                for line in lines:
                    print(json.dumps(obey(json.loads(line), links)), flush=True)
                continue
            reached = paths[source]
            for _ in range(READS_AT_ONCE):
                try:
                    packet = os.read(source, MTU)
                except BlockingIOError:
                    break
                path = reached.get(packet[16:20]) if packet[0] >> 4 == 4 else None
                if path is None:
                    continue
                link, device = path
                if link.cut or (link.loss and random.random() < link.loss):
                    link.dropped += 1
                    continue
                link.packets += 1
                link.bytes += len(packet)
                due = now + link.delay
                if link.jitter:
                    due += random.uniform(0, link.jitter)
                if due < link.latest:
                    due = link.latest
                link.latest = due
                count += 1
                heapq.heappush(waiting, (due, count, link, device, packet))
        now = clock()
        while waiting and waiting[0][0] <= now:
            _, _, link, device, packet = heapq.heappop(waiting)
            # A cut also loses what is under way.
            if not link.cut:
                try:
                    os.write(device, packet)
                except OSError:
                    link.dropped += 1


def obey(command, links):
    for wanted in command.get("set", ()):
        link = links[wanted["from"], wanted["to"]]
        if "delayMs" in wanted:
            link.delay = wanted["delayMs"] / 1000
        if "jitterMs" in wanted:
            link.jitter = wanted["jitterMs"] / 1000
        if "loss" in wanted:
            link.loss = wanted["loss"]
        if "cut" in wanted:
            link.cut = wanted["cut"]
    answer = {"id": command["id"]}
    if command.get("stats"):
        usage = resource.getrusage(resource.RUSAGE_SELF)
        answer["cpuS"] = usage.ru_utime + usage.ru_stime
        answer["links"] = [
            {"from": a, "to": b, "packets": link.packets, "bytes": link.bytes, "dropped": link.dropped}
            for (a, b), link in links.items()
        ]
    return answer


main()
