"""What the binary says of itself: its settings, the paths it serves, the metrics it exports."""

import contextlib
import json
import os
import re
import subprocess
import urllib.error
import urllib.request

import report

HEALTH_PATHS = ("/health", "/livez", "/readyz", "/lb-ready", "/metrics")


class Node:
    def __init__(self, settings, defaults, labels, paths):
        self.settings = settings
        self.defaults = defaults
        self.labels = labels
        self.paths = paths

    @staticmethod
    def ask():
        binary = os.environ["SIGNAL_NODE"]
        if not os.access(binary, os.X_OK):
            report.failed("node", f"{binary} is missing: `make {binary}` builds it.")
            report.finish()
        flags = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True, timeout=30).stdout
        texts = {flag.upper().replace("-", "_"): text
                 for flag, text in re.findall(r"^ +--([a-z0-9-]+)(.*?)(?=^ +--|\Z)", flags, re.M | re.S)}
        defaults = {each: re.search(r"\(default: (.*?)\)", text, re.S) for each, text in texts.items()}
        defaults = {each: found[1] for each, found in defaults.items() if found}
        settings = set(texts)
        # An address may also come from a file, which its flag does not say.
        reference = read("docs/configuration.md")
        settings |= {f"{address}_FILE" for address in re.findall(r"^\| `(\w+)` \*address\*", reference, re.M)}
        with running(binary) as port:
            paths = {path for path in HEALTH_PATHS if status(port, path) == 200}
            exposition = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
        labels = documented_labels()
        exported = set(re.findall(r"^# TYPE (\S+)", exposition, re.M))
        documented = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", reference, re.M))
        report.expect("node", f"{len(settings)} settings, {len(exported)} metrics, {' '.join(sorted(paths))}", [
            f"docs/configuration.md has {name}, {binary} has not: build it again"
            for name in sorted(documented) if not {name, f"{name}_FILE"} & settings])
        report.expect("node", "docs/metrics.md has every metric that it exports", [
            f"docs/metrics.md has no {name}" for name in sorted(exported)
            if name.startswith("bs_") and not {name, f"{name}_count"} & set(labels)])
        known = {name: labels.get(name, set()) for name in exported | set(labels)}
        return Node(settings, defaults, known, paths)


def documented_labels():
    """The families of docs/metrics.md, which a test compares with the code, and their labels."""
    rows = re.findall(r"^\| `(bs_\w+)` \| (\w+) \| (.*?) \|", read("docs/metrics.md"), re.M)
    known = {}
    for name, kind, labels in rows:
        labels = set(re.findall(r"`(\w+)`", labels))
        if kind == "histogram":
            known |= {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}
        else:
            known[name] = labels
    return known


def read(path):
    with open(path) as text:
        return text.read()


def status(port, path):
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


@contextlib.contextmanager
def running(binary):
    """A node on a free port of the loopback interface."""
    environment = {"HOST": "127.0.0.1", "PORT": "0", "PATH": os.environ["PATH"]}
    process = subprocess.Popen([binary], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            started = json.loads(line)
            if started["message"] == "signal-node.started":
                break
        yield started["port"]
    finally:
        process.kill()
        process.wait()
