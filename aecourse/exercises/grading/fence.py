"""What a submission may not do while it is graded: no network, no other process, no file but its own, no more memory.

`close` shuts the process that it is called in, for good; it has to come before anything of a student's runs. On Linux
the kernel holds the fence (Landlock for files, a seccomp filter for the rest); elsewhere part of it is missing, and
`missing` says what. Nothing here keeps a student's code from the check that shares its process.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

NO_NEW_PRIVILEGES, SECCOMP_THERE, SECCOMP, FILTER = 38, 21, 22, 2
LANDLOCK_CREATE, LANDLOCK_RULE, LANDLOCK_CLOSE = 444, 445, 446  # the same numbers on every machine
LARGEST_FILE = 256 * 2**20

# Landlock: everything that changes a file or folder; what came with later versions of the kernel's interface.
WRITE_FILE, CHANGES = 1 << 1, sum(1 << bit for bit in (1, *range(4, 13)))
LATER = {2: 1 << 13, 3: 1 << 14}  # moving between folders, cutting off

# System calls by machine. Those to refuse outright: sockets, other programs, other processes' memory, limits and names.
CALLS: dict[str, dict[str, int]] = {
    "x86_64": {
        "arch": 0xC000003E, "socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "execveat": 322,
        "kill": 62, "tgkill": 234, "tkill": 200, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "setsid": 112, "setpgid": 109, "unshare": 272, "setns": 308,
        "mount": 165, "bpf": 321, "prlimit64": 302, "setpriority": 141, "sched_setaffinity": 203,
        "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
        "utime": 132, "utimes": 235, "utimensat": 280,
    },
    "aarch64": {
        "arch": 0xC00000B7, "socket": 198, "clone": 220, "execve": 221, "execveat": 281, "kill": 129, "tgkill": 131,
        "tkill": 130, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "ptrace": 117, "process_vm_readv": 270,
        "process_vm_writev": 271, "setsid": 157, "setpgid": 154, "unshare": 97, "setns": 268, "mount": 40, "bpf": 280,
        "prlimit64": 261, "setpriority": 140, "sched_setaffinity": 122,
        "fchmod": 52, "fchmodat": 53, "fchown": 55, "fchownat": 54, "utimensat": 88,
    },
}  # fmt: skip
ANYWHERE = {"clone3": 435, "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "io_uring_setup": 425,
            "fchmodat2": 452}  # fmt: skip
OWN_ONLY = ("kill", "tgkill", "prlimit64", "sched_setaffinity")  # allowed where the first argument is this process
UNDONE = ("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes",
          "utimensat")  # fmt: skip
THREAD = 0x10000  # in clone's flags: a thread of this process, not another one
ALLOW, REFUSE, EPERM, ENOSYS = 0x7FFF0000, 0x00050000, 1, 38


def missing() -> list[str]:
    """What this system cannot refuse a submission; empty where the whole fence stands."""
    gaps = []
    if sys.platform in ("win32", "darwin"):
        gaps.append("a limit of memory")
    if sys.platform == "win32":
        gaps.append("a limit of computing, only one on the clock")
    if not _landlock_version():
        gaps.append("a wall around its folder: it may write wherever you may")
    if not _filters():
        gaps.append(
            "a wall around its process: it may start and end others; only Python's own way to the network is shut"
        )
    return gaps


def close(folder: Path, *, memory: int, seconds: int) -> None:
    """Shut this process in for good.

    Args:
        folder: the only one in which it may change files.
        memory: how many bytes it may use.
        seconds: of computing, over all threads.
    """
    limit(memory=memory, seconds=seconds)
    refuse_network()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            _wall_in_folder(libc, folder)
            _wall_in_process(libc)


def limit(*, memory: int, seconds: int) -> None:
    """Set the limits of memory, computing time and file size, where the system knows them."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds + 2),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            # Computing ends with a signal that says why, and two seconds later without.
            resource.setrlimit(what, (min(seconds, most) if what == resource.RLIMIT_CPU else most, most))
        # macOS knows the limit of memory by name and refuses to set it.
        except (OSError, ValueError):
            continue


def refuse_network() -> None:
    """Let Python's sockets reach nobody: what is left where the kernel does not help."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("no network while a submission is graded")

    class _Socket(socket.socket):
        connect = connect_ex = sendto = bind = refuse

    socket.socket = _Socket  # type: ignore[misc]
    socket.getaddrinfo = socket.create_connection = refuse


# --- Linux ----------------------------------------------------------------------------------------


def _landlock_version() -> int:
    if sys.platform != "linux":
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)))


def _filters() -> bool:
    """Whether this kernel takes filters, and this machine's numbers are known."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        return False
    return bool(ctypes.CDLL(None).prctl(SECCOMP_THERE, 0, 0, 0, 0) >= 0)


def _wall_in_folder(libc: Any, folder: Path) -> None:
    """Landlock: files change below `folder` alone; what is written to /dev/null is written nowhere."""
    version = _landlock_version()
    if not version:
        return
    handled = CHANGES | sum(bit for since, bit in LATER.items() if version >= since)
    rules = (ctypes.c_uint64 * 1)(handled)
    ruleset = libc.syscall(LANDLOCK_CREATE, ctypes.byref(rules), ctypes.c_size_t(8), 0)
    for path, allowed in ((folder, handled), (Path(os.devnull), WRITE_FILE)):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = allowed.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
        if libc.syscall(LANDLOCK_RULE, ruleset, 1, rule, 0):
            raise OSError(ctypes.get_errno(), "Landlock takes no rule")
        os.close(place)
    if libc.syscall(LANDLOCK_CLOSE, ruleset, 0):
        raise OSError(ctypes.get_errno(), "Landlock cannot be closed")
    os.close(ruleset)


class _Step(ctypes.Structure):
    """One step of the kernel's filter language: code, how far to jump if true and if false, a number."""

    _fields_ = (("code", ctypes.c_uint16), ("true", ctypes.c_uint8), ("false", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


LOAD, EQUAL, AT_LEAST, BITS, ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # where they stand in what the filter sees


def _filter(machine: str, process: int) -> list[tuple[int, int, int, int]]:
    """The filter's steps: what stands in `CALLS` is refused, some of it only where it concerns another process."""
    calls = {**CALLS[machine], **ANYWHERE}
    steps = [
        (LOAD, 0, 0, MACHINE),
        (EQUAL, 1, 0, calls.pop("arch")),
        (ANSWER, 0, 0, REFUSE | EPERM),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, 0x40000000),  # the other numbers of the same machine
        (ANSWER, 0, 0, REFUSE | EPERM),
    ]
    for name, number in calls.items():
        if name in OWN_ONLY:
            inner = [
                (LOAD, 0, 0, FIRST_ARGUMENT),
                (EQUAL, 2, 0, process),
                (EQUAL, 1, 0, 0),  # 0 is this process, too, or its group, which holds nobody else
                (ANSWER, 0, 0, REFUSE | EPERM),
                (ANSWER, 0, 0, ALLOW),
            ]
        elif name == "clone":
            inner = [
                (LOAD, 0, 0, FIRST_ARGUMENT),
                (BITS, 1, 0, THREAD),
                (ANSWER, 0, 0, REFUSE | EPERM),
                (ANSWER, 0, 0, ALLOW),
            ]
        else:
            answer = 0 if name in UNDONE else ENOSYS if name == "clone3" else EPERM
            inner = [(ANSWER, 0, 0, REFUSE | answer)]
        steps += [(EQUAL, 0, len(inner), number), *inner]
    return [*steps, (ANSWER, 0, 0, ALLOW)]


def _wall_in_process(libc: Any) -> None:
    """Seccomp: no socket, no other program, no signal and no look into another process."""
    if not _filters():
        return
    steps = _filter(platform.machine(), os.getpid())
    array = (_Step * len(steps))(*[_Step(*step) for step in steps])
    program = _Program(len(steps), array)
    if libc.prctl(SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")
