"""Totals of real SDKs that fork, retry, and restart, with and without a store: run.py NAME=COMMAND... Each command is a client."""
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def body_of(handler):
    length = handler.headers["content-length"]
    if length is not None:
        return handler.rfile.read(int(length))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


class Pitot:
    """A process with accumulation, and a proxy in front of it that loses responses."""

    def __init__(self, has_store):
        self.http, self.page, self.front = port(), port(), port()
        accumulation = {"enabled": True, **({"storage": "file_storage"} if has_store else {})}
        config = {
            "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{self.http}"}}}},
            "exporters": {"prometheus": {"endpoint": f"127.0.0.1:{self.page}", "accumulation": accumulation}},
            "extensions": {"file_storage": {"directory": tempfile.mkdtemp()}},
            "service": {
                "extensions": ["file_storage"],
                "telemetry": {"metrics": {"level": "none"}},
                "pipelines": {"metrics": {"receivers": ["otlp"], "exporters": ["prometheus"]}},
            },
        }
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
            json.dump(config, file)
        self.config = file.name
        self.lost = 0
        self.requests = 0
        owner = self

        class Proxy(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = body_of(self)
                owner.requests += 1
                headers = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "content-encoding")}
                request = urllib.request.Request(f"http://127.0.0.1:{owner.http}{self.path}", body, headers)
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        status, content = answer.status, answer.read()
                except urllib.error.URLError:
                    status, content = 503, b""
                # Every third response is lost after pitot has counted the request: the SDK repeats it.
                if status == 200 and owner.requests % 3 == 1:
                    owner.lost += 1
                    status, content = 503, b""
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.proxy = http.server.ThreadingHTTPServer(("127.0.0.1", self.front), Proxy)
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        self.start()

    def start(self):
        # npm uses the project's Node.js, because that of the machine can be too old.
        command = ["npm", "run", "--silent", "pitot", "--", f"--config={self.config}"]
        self.process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for each in (self.page, self.http):
            end = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", each), 1).close()
                    break
                except OSError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.1)

    def stop(self, number):
        os.killpg(self.process.pid, number)
        self.process.wait(60)
        # npm can exit before its child.
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.page), 1).close()
            except OSError:
                return
            time.sleep(0.1)

    def total(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name + "{"))


class Client:
    def __init__(self, command, pitot):
        url = f"http://127.0.0.1:{pitot.front}/v1/metrics"
        self.process = subprocess.Popen([*command.split(), url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, *commands):
        for command in commands:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            if self.process.stdout.readline() != "ok\n":
                raise RuntimeError(f"the client failed at {command}")

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


passed = failed = 0


def check(name, shown, low, high):
    global passed, failed
    if low <= shown <= high:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: {shown}, expected {low} to {high}")


def scenario(name, command, has_store):
    pitot = Pitot(has_store)
    names = ("events_total", "sizes_count")
    both = lambda title, low, high: [check(f"{name}, {title}, {each}", pitot.total(each) + before[each], low, high) for each in names]
    before = dict.fromkeys(names, 0)
    try:
        long = Client(command, pitot)
        long.do("add 3", "flush", "fork 2", "add 1", "flush")
        both("forks and retries", 6, 6)
        short = Client(command, pitot)
        short.do("add 4", "flush", "flush")
        short.end()
        both("two processes", 10, 10)
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not has_store:
                for each in names:
                    before[each] += pitot.total(each)
            pitot.stop(number)
            pitot.start()
            both(f"after {number.name}", 10 if number == signal.SIGTERM else 24 if has_store else 19, 10 if number == signal.SIGTERM else 24)
            if number == signal.SIGKILL:
                break
            # Without a store, a restart misses what a process counts within one export interval: 5.
            long.do("add 5", "flush", "add 2", "flush")
            other = Client(command, pitot)
            other.do("add 7", "flush")
            other.end()
            both("events after a restart", 24 if has_store else 19, 24)
        if command.endswith(".py"):
            truth = pitot.total(names[0]) + before[names[0]]
            long.do("inherit 2")
            long.do("add 1", "flush")
            both("a child with its parent's provider is not counted twice", truth, truth + 3)
        long.end()
        if pitot.lost == 0:
            raise RuntimeError("no response was lost")
    finally:
        pitot.stop(signal.SIGKILL)
        pitot.proxy.shutdown()


for argument in sys.argv[1:]:
    name, command = argument.split("=", 1)
    for has_store in (False, True):
        scenario(f"{name} {'with' if has_store else 'without'} a store", command, has_store)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
