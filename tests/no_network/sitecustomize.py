"""With this folder on PYTHONPATH, a Python process and its children reach no machine but their own.

`make test` runs every notebook like this, which proves that the course works with the network cable out.
"""

import socket


class _Socket(socket.socket):
    def connect(self, address):
        _refuse(self.family, address)
        return super().connect(address)

    def connect_ex(self, address):
        _refuse(self.family, address)
        return super().connect_ex(address)


def _getaddrinfo(host, *args, **kwargs):
    _refuse(socket.AF_INET, (host,))
    return _look_up(host, *args, **kwargs)


def _refuse(family, address):
    if family in (socket.AF_INET, socket.AF_INET6):
        host = address[0].decode() if isinstance(address[0], bytes) else address[0]
        if host not in (None, "", "localhost", "::1", "0.0.0.0", "::") and not host.startswith("127."):
            raise OSError(f"no network in this test: {host} was asked for")


_look_up = socket.getaddrinfo
socket.socket, socket.getaddrinfo = _Socket, _getaddrinfo
