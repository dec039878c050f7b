"""Starts what is measured on free loopback ports, and stops it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_NGINX = """
worker_processes 1; daemon off; master_process on; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{
  access_log {folder}/nginx-access.log combined;
  keepalive_requests 100000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ return 302 https://shop.example/products/1; }} }}
}}
"""


@contextlib.contextmanager
def edge_serving(data_dir: Path) -> Iterator[int]:
    """Run one edge on a data folder; give its port."""
    import hanse

    port = _free_port()
    source = str(Path(hanse.__file__).parents[1])
    command = [sys.executable, "-m", "hanse.edge", "--data", str(data_dir), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": source, "HANSE_DATABASE_URL": "", "HANSE_CLOCK": ""}
    with _running(command, environment, port):
        yield port


@contextlib.contextmanager
def product_serving(data_dir: Path) -> Iterator[int]:
    """Run the whole product on a data folder; give its port."""
    import hanse

    port = _free_port()
    source = str(Path(hanse.__file__).parents[1])
    command = [sys.executable, "-m", "hanse.runtime.cli", "serve", "--data", str(data_dir), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": source, "HANSE_DATABASE_URL": "", "HANSE_CLOCK": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with _running(command, environment, port):
        yield port


@contextlib.contextmanager
def nginx_serving(folder: Path, nginx: str) -> Iterator[int]:
    """Run one nginx worker that redirects and writes the combined log, unbuffered; give its port."""
    port = _free_port()
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port), encoding="ascii")
    with _running([nginx, "-c", str(folder / "nginx.conf")], dict(os.environ), port):
        yield port


def gauge(port: int, name: str) -> float:
    """Return a metric of the edge, summed over its labels."""
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
    lines = [line for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        until = time.monotonic() + 20
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
