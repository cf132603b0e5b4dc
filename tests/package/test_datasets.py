"""The loaders: what they return, and what they say when something is wrong. Nothing here leaves this machine."""

from __future__ import annotations

import hashlib
import http.server
import inspect
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
import pytest

from aecourse.datasets import Split, embedded, load_digits, split_digits
from aecourse.datasets import digits as mnist

DATA = Path(str(embedded.DATA))


def mnist_file(**changes: object) -> bytes:
    """A small file in Keras's mnist format; an argument replaces an array, None leaves it out."""
    rng = np.random.default_rng(0)
    arrays: dict[str, object] = {
        "x_train": rng.integers(0, 256, (5, 28, 28), dtype=np.uint8),
        "y_train": np.arange(5, dtype=np.uint8),
        "x_test": rng.integers(0, 256, (3, 28, 28), dtype=np.uint8),
        "y_test": np.arange(3, dtype=np.uint8),
    }
    arrays.update(changes)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{key: value for key, value in arrays.items() if value is not None})
    return buffer.getvalue()


# ---------------------------------------------------------------------------------------------- the embedded digits


@pytest.fixture(scope="module")
def digits() -> Split:
    return load_digits()


def test_shapes_types_and_ranges(digits: Split) -> None:
    for (x, y), n in zip(digits, (8000, 2000), strict=True):
        assert x.shape == (n, 28, 28, 1)
        assert x.dtype == np.float32
        assert x.min() == 0.0
        assert x.max() == 1.0
        assert y.shape == (n,)
        assert y.dtype == np.int64
        assert sorted(set(y.tolist())) == list(range(10))


def test_every_class_gives_a_fifth_to_the_test_set(digits: Split) -> None:
    (_, y_train), (_, y_test) = digits
    of_class = np.bincount(np.concatenate([y_train, y_test]))
    assert of_class.tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert np.abs(np.bincount(y_test) - of_class / 5).max() < 1


def test_no_image_twice_and_none_in_both_parts(digits: Split) -> None:
    (x_train, _), (x_test, _) = digits
    assert len({image.tobytes() for image in np.concatenate([x_train, x_test])}) == 10_000


def test_both_parts_are_shuffled(digits: Split) -> None:
    for _, y in digits:
        assert set(y[:100].tolist()) == set(range(10))
        assert abs(np.mean(y[1:] == y[:-1]) - 0.1) < 0.02


def test_labels_belong_to_their_images(digits: Split) -> None:
    (x_train, y_train), (x_test, y_test) = digits
    means = np.stack([x_train[y_train == digit].mean(0).ravel() for digit in range(10)])
    distances = ((x_test.reshape(-1, 1, 784) - means) ** 2).sum(-1)
    assert np.mean(distances.argmin(1) == y_test) > 0.75


def test_the_split_is_always_the_same(digits: Split) -> None:
    for (x, y), (x_again, y_again) in zip(digits, load_digits(), strict=True):
        np.testing.assert_array_equal(x, x_again)
        np.testing.assert_array_equal(y, y_again)
    # Results in the lessons rest on this split: change the digest only together with them.
    labels = np.concatenate([y for _, y in digits]).astype(np.uint8)
    assert hashlib.sha256(labels.tobytes()).hexdigest().startswith("b99d74edbfc2e97c2add98509389aabf")


def test_the_pixels_are_the_embedded_bytes(digits: Split) -> None:
    with np.load(DATA / "digits.npz") as archive:
        images = archive["images"]
    back = np.concatenate([np.round(x * 255).astype(np.uint8) for x, _ in digits])
    assert {image.tobytes() for image in back} == {image.tobytes() for image in images}


@pytest.mark.slow
def test_importing_and_loading_need_neither_keras_nor_scikit_learn() -> None:
    code = (
        "import sys; from aecourse.datasets import load_digits; load_digits();"
        "print([m for m in ('keras', 'tensorflow', 'jax', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sources_table_and_data_folder_agree() -> None:
    table = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    assert {name for name in files if "__pycache__" not in name} - {"sources.toml"} == set(table)
    for name, entry in table.items():
        assert {"title", "contents", "source", "authors", "licence", "sha256"} <= set(entry), name
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == entry["sha256"], name


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    monkeypatch.setattr(embedded, "DATA", copy)
    return copy


def flip_a_bit(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("damage", [flip_a_bit, lambda content: content[:100_000], lambda _: b""])
def test_damaged_embedded_file(data_copy: Path, damage: Callable[[bytes], bytes]) -> None:
    file = data_copy / "digits.npz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=r"digits\.npz is damaged.*Install the course's package again.*git checkout"):
        load_digits()


@pytest.mark.parametrize("name", ["digits.npz", "sources.toml"])
def test_missing_embedded_file(data_copy: Path, name: str) -> None:
    (data_copy / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"{name} is missing.*Install the course's package again"):
        load_digits()


@pytest.mark.parametrize("content", [b"[half a ta", b"\xff\xfe", b""])
def test_damaged_sources_table(data_copy: Path, content: bytes) -> None:
    (data_copy / "sources.toml").write_bytes(content)
    with pytest.raises(ValueError, match=r"sources\.toml is damaged.*Install the course's package again"):
        load_digits()


# ---------------------------------------------------------------------------------------------- arguments and path=


@pytest.mark.parametrize("full", [1, 0, None, "yes"])
def test_full_must_be_a_bool(full: object) -> None:
    with pytest.raises(TypeError, match=r"full is .*expected True or False"):
        load_digits(full=full)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [3, b"mnist.npz", ["mnist.npz"], False])
def test_path_must_be_a_path(path: object) -> None:
    with pytest.raises(TypeError, match=r"path is .*as a string or a pathlib"):
        load_digits(path=path)  # type: ignore[arg-type]


def test_full_and_path_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="full=True and path= were given together"):
        load_digits(full=True, path=tmp_path / "mnist.npz")


@pytest.mark.parametrize("as_given", [str, Path])
def test_path_reads_kerass_format(tmp_path: Path, as_given: Callable[[Path], str | Path]) -> None:
    file = tmp_path / "mnist.npz"
    file.write_bytes(mnist_file())
    (x_train, y_train), (x_test, y_test) = load_digits(path=as_given(file))
    assert x_train.shape == (5, 28, 28, 1)
    assert x_test.shape == (3, 28, 28, 1)
    assert y_train.tolist() == [0, 1, 2, 3, 4]
    assert y_test.tolist() == [0, 1, 2]
    assert {x_train.dtype, x_test.dtype} == {np.dtype(np.float32)}
    assert {y_train.dtype, y_test.dtype} == {np.dtype(np.int64)}
    with np.load(file) as archive:
        np.testing.assert_array_equal(np.round(x_train[..., 0] * 255), archive["x_train"])


def test_path_takes_any_integer_type_and_uncompressed_files(tmp_path: Path) -> None:
    file = tmp_path / "wide.npz"
    images, labels = np.full((1, 28, 28), 255, dtype=np.int64), np.array([9], dtype=np.int32)
    np.savez(file, x_train=images, y_train=labels, x_test=images, y_test=labels)
    (x_train, y_train), _ = load_digits(path=file)
    assert x_train.dtype == np.float32
    assert x_train.max() == 1.0
    assert y_train.tolist() == [9]


def corrupt_member(content: bytes) -> bytes:
    """Damage compressed bytes and leave the zip's directory whole."""
    return content[:200] + bytes(byte ^ 0xFF for byte in content[200:260]) + content[260:]


def npy_file() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((5, 28, 28), dtype=np.uint8))
    return buffer.getvalue()


def zip_of_text() -> bytes:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{key}.npy", "not an array")
    return buffer.getvalue()


IMAGES = np.zeros((5, 28, 28), dtype=np.uint8)
BAD_FILES = {
    "empty": (b"", "cannot be read"),
    "text": (b"<html>Please log in</html>", "cannot be read.*not a zip file"),
    "truncated": (mnist_file()[:-300], "cannot be read.*not a zip file"),
    "truncated-early": (mnist_file()[:50], "cannot be read.*not a zip file"),
    "damaged-member": (corrupt_member(mnist_file()), "cannot be read"),
    "npy": (npy_file(), "cannot be read.*not a zip file"),
    "zip-of-text": (zip_of_text(), "x_train is not an array"),
    "pickled": (mnist_file(x_train=np.array([None, {}], dtype=object)), "cannot be read.*Object arrays"),
    "one-key-missing": (mnist_file(y_test=None), "has no y_test"),
    "keys-missing": (mnist_file(x_train=None, y_test=None), "has no x_train, y_test"),
    "flat": (mnist_file(x_train=IMAGES.reshape(5, 784)), r"x_train .*shape \(5, 784\); expected \(n, 28, 28\)"),
    "channel": (mnist_file(x_train=IMAGES[..., np.newaxis]), r"shape \(5, 28, 28, 1\); expected \(n, 28, 28\)"),
    "small": (mnist_file(x_test=IMAGES[:3, :8, :8]), r"x_test .*shape \(3, 8, 8\); expected"),
    "none": (mnist_file(x_test=IMAGES[:0], y_test=np.zeros(0, dtype=np.uint8)), "n above 0"),
    "lengths": (mnist_file(y_train=np.zeros(4, dtype=np.uint8)), r"y_train .*shape \(4,\); expected \(5,\)"),
    "one-hot": (mnist_file(y_test=np.eye(3, dtype=np.uint8)), r"y_test .*shape \(3, 3\); expected \(3,\)"),
    "float": (mnist_file(x_train=IMAGES / 255), "x_train .*holds float64; expected whole numbers 0 to 255"),
    "float-labels": (mnist_file(y_train=np.zeros(5)), "y_train .*holds float64; expected whole numbers 0 to 9"),
    "negative": (mnist_file(x_train=IMAGES.astype(np.int16) - 1), "x_train .*from -1 to -1; expected 0 to 255"),
    "bright": (mnist_file(x_train=IMAGES.astype(np.int16) + 256), "from 256 to 256; expected 0 to 255"),
    "letters": (mnist_file(y_test=np.array([0, 10, 1])), "y_test .*from 0 to 10; expected 0 to 9"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_path_to_a_bad_file(tmp_path: Path, case: str) -> None:
    content, message = BAD_FILES[case]
    file = tmp_path / "bad.npz"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        load_digits(path=file)
    assert str(file) in str(caught.value)


def test_path_to_nothing_and_to_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.npz", tmp_path):
        with pytest.raises(FileNotFoundError, match="path: there is no file"):
            load_digits(path=path)


# ------------------------------------------------------------------------------------------------- the download


Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


def sends(content: bytes, *, length: int | None = None) -> Answer:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


class Server:
    """A web server on the loopback that gives the answer it was told, and counts what it was asked."""

    def __init__(self) -> None:
        self.requests = 0
        self.answer: Answer = sends(mnist_file())
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                server.answer(self)

            def log_message(self, *_: object) -> None:
                """Keep the tests' output clean."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is meant
        self.url = f"http://127.0.0.1:{self._http.server_port}/mnist.npz"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of Keras, and no way to a real address, with or without a proxy."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(mnist, "_MNIST_SHA256", hashlib.sha256(mnist_file()).hexdigest())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed_port = free.getsockname()[1]
    monkeypatch.setattr(mnist, "_MNIST_URL", f"http://127.0.0.1:{closed_port}/mnist.npz")
    return tmp_path / "keras"


@pytest.fixture
def server(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    monkeypatch.setattr(mnist, "_MNIST_URL", server.url)
    yield server
    server.close()


def content_of(cache: Path) -> dict[str, bytes]:
    """All files below the cache folder; folders other than `datasets` count as left over."""
    entries = sorted(cache.rglob("*"))
    assert all(entry.is_file() or entry == cache / "datasets" for entry in entries), entries
    return {entry.relative_to(cache).as_posix(): entry.read_bytes() for entry in entries if entry.is_file()}


def test_the_address_is_kerass_own() -> None:
    # Read, not called: calling it would download.
    source = inspect.getsource(keras.datasets.mnist.load_data)
    folder, name = mnist._MNIST_URL.rsplit("/", 1)
    assert folder in source
    assert name == mnist._MNIST_NAME
    assert name in source
    assert mnist._MNIST_SHA256 in source


def test_full_downloads_once(cache: Path, server: Server) -> None:
    (x_train, y_train), (x_test, y_test) = load_digits(full=True)
    assert x_train.shape == (5, 28, 28, 1)
    assert y_test.tolist() == [0, 1, 2]
    assert content_of(cache) == {"datasets/mnist.npz": mnist_file()}
    (x_train_again, _), _ = load_digits(full=True)
    np.testing.assert_array_equal(x_train, x_train_again)
    assert server.requests == 1
    assert (len(y_train), len(x_test)) == (5, 3)


def test_the_cache_is_in_the_home_folder_by_default(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    load_digits(full=True)
    assert content_of(tmp_path / "home" / ".keras") == {"datasets/mnist.npz": mnist_file()}
    assert server.requests == 1


def test_a_damaged_file_in_the_cache_is_replaced(cache: Path, server: Server) -> None:
    (cache / "datasets").mkdir(parents=True)
    (cache / "datasets" / "mnist.npz").write_bytes(mnist_file()[:1000])
    load_digits(full=True)
    assert server.requests == 1
    assert content_of(cache) == {"datasets/mnist.npz": mnist_file()}


WAY_OUT = r".*pass it to the loader as path=.*the embedded data, needs no network"


def test_transfer_cut_short(cache: Path, server: Server) -> None:
    server.answer = sends(mnist_file()[:2000], length=len(mnist_file()))
    with pytest.raises(ConnectionError, match="mnist.npz could not be downloaded.*got only 2000 out of" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_transfer_broken_off_between_chunks(cache: Path, server: Server) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"400\r\n" + mnist_file()[:0x100])
        handler.close_connection = True

    server.answer = answer
    with pytest.raises(ConnectionError, match="could not be downloaded.*IncompleteRead" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_connection_reset(cache: Path, server: Server) -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(mnist_file()[:100])
        handler.wfile.flush()
        # A zero linger time makes close() send a reset.
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        handler.connection.close()

    server.answer = answer
    with pytest.raises(ConnectionError, match="could not be downloaded" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_answer_that_is_not_http(cache: Path, server: Server) -> None:
    server.answer = lambda handler: handler.wfile.write(b"220 mail.example ready\r\n\r\n") and None
    with pytest.raises(ConnectionError, match="could not be downloaded.*BadStatusLine" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_wrong_checksum(cache: Path, server: Server) -> None:
    server.answer = sends(b"<html>Welcome to the hotel. Please log in.</html>")
    with pytest.raises(ValueError, match="not the mnist.npz that was expected.*SHA-256 is not [0-9a-f]{64}" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_not_found(cache: Path, server: Server) -> None:
    server.answer = lambda handler: handler.send_error(404)
    with pytest.raises(ConnectionError, match="could not be downloaded.*404: Not Found" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_no_network(cache: Path) -> None:
    with pytest.raises(ConnectionError, match="could not be downloaded.*refused" + WAY_OUT) as caught:
        load_digits(full=True)
    assert caught.value.__cause__ is not None
    assert content_of(cache) == {}


def test_name_that_does_not_resolve(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_names(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    monkeypatch.setattr(mnist, "_MNIST_URL", "http://course.invalid/mnist.npz")
    with pytest.raises(ConnectionError, match="could not be downloaded.*Name or service not known" + WAY_OUT):
        load_digits(full=True)
    assert content_of(cache) == {}


def test_a_failed_download_keeps_what_the_cache_held(cache: Path, server: Server) -> None:
    (cache / "datasets").mkdir(parents=True)
    (cache / "datasets" / "mnist.npz").write_bytes(b"an older edition")
    server.answer = lambda handler: handler.send_error(503)
    with pytest.raises(ConnectionError, match="503"):
        load_digits(full=True)
    assert content_of(cache) == {"datasets/mnist.npz": b"an older edition"}


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one thread")
def test_interrupted_download_leaves_nothing(cache: Path, server: Server) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores the signal
    over = threading.Event()
    main_thread = threading.get_ident()

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        sends(mnist_file()[:2000], length=len(mnist_file()))(handler)
        handler.wfile.flush()
        signal.pthread_kill(main_thread, signal.SIGINT)
        over.wait(5)

    server.answer = answer
    try:
        with pytest.raises(KeyboardInterrupt):
            load_digits(full=True)
    finally:
        signal.signal(signal.SIGINT, before)
        over.set()
    assert content_of(cache) == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")
def test_no_room_for_the_file(cache: Path, server: Server) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    server.answer = sends(bytes(400_000))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
        with pytest.raises(OSError, match=r"cannot be kept in Keras's cache folder.*too large.*with room") as caught:
            load_digits(full=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not isinstance(caught.value, ConnectionError)
    assert content_of(cache) == {}


# ------------------------------------------------------------------------------------ a cache that cannot be written


@contextmanager
def as_a_normal_user() -> Iterator[None]:
    """File modes do not bind root: take an unprivileged identity for a while."""
    if os.geteuid() != 0:
        yield
        return
    load_digits()  # what Python imports and decodes for it may lie where only root can read
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache with an empty `datasets` folder, in which only reading is allowed, reachable by every user."""
    base = Path(tempfile.mkdtemp())
    home = base / "keras"
    (home / "datasets").mkdir(parents=True)
    base.chmod(0o755)
    home.chmod(0o755)
    (home / "datasets").chmod(0o555)
    monkeypatch.setenv("KERAS_HOME", str(home))
    yield home
    for folder in (home, home / "datasets"):
        if folder.is_dir():
            folder.chmod(0o755)
    shutil.rmtree(base)


CANNOT_KEEP = "mnist.npz cannot be kept in Keras's cache folder.*Set KERAS_HOME to a folder you can write to" + WAY_OUT


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folder modes")
@pytest.mark.parametrize("with_datasets_folder", [True, False])
def test_read_only_cache(read_only_cache: Path, server: Server, with_datasets_folder: bool) -> None:
    if not with_datasets_folder:
        (read_only_cache / "datasets").rmdir()
        read_only_cache.chmod(0o555)
    with as_a_normal_user(), pytest.raises(PermissionError, match=CANNOT_KEEP) as caught:
        load_digits(full=True)
    assert str(read_only_cache / "datasets") in str(caught.value)
    assert content_of(read_only_cache) == {}
    assert server.requests == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folder modes")
def test_read_only_cache_that_has_the_file(read_only_cache: Path) -> None:
    (read_only_cache / "datasets").chmod(0o755)
    (read_only_cache / "datasets" / "mnist.npz").write_bytes(mnist_file())
    (read_only_cache / "datasets").chmod(0o555)
    with as_a_normal_user():
        (x_train, _), _ = load_digits(full=True)
    assert len(x_train) == 5


@pytest.mark.parametrize("in_the_way", ["keras", "keras/datasets"])
def test_file_in_place_of_the_cache_folder(cache: Path, in_the_way: str) -> None:
    obstacle = cache.parent / in_the_way
    obstacle.parent.mkdir(exist_ok=True)
    obstacle.write_bytes(b"a file")
    with pytest.raises(OSError, match=CANNOT_KEEP) as caught:
        load_digits(full=True)
    assert str(cache / "datasets") in str(caught.value)
    assert not isinstance(caught.value, ConnectionError)
    assert obstacle.read_bytes() == b"a file"
    if obstacle != cache:
        assert content_of(cache) == {"datasets": b"a file"}


def test_a_part_of_the_training_digits_is_to_choose_on() -> None:
    (x_train, y_train), (x_test, _) = load_digits()
    (x_fit, y_fit), (x_valid, y_valid), (same_test, _) = split_digits()
    np.testing.assert_array_equal(np.concatenate([x_fit, x_valid]), x_train)
    np.testing.assert_array_equal(np.concatenate([y_fit, y_valid]), y_train)
    np.testing.assert_array_equal(same_test, x_test)
    assert len(x_valid) == 1000
