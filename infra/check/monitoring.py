"""Prometheus, its rules and alerts, Grafana's boards and the log shipper."""

import contextlib
import glob
import json
import os
import re
import subprocess
import time
import urllib.request

import yaml

import promql
import report

FOLDER = "infra/monitoring"
RULES = sorted(glob.glob(f"{FOLDER}/rules/*.yml"))
TESTS = sorted(glob.glob(f"{FOLDER}/tests/*.test.yml"))
BOARDS = sorted(glob.glob(f"{FOLDER}/grafana/dashboards/*.json"))
# What a scrape adds, and what Prometheus makes itself.
SCRAPED = {"job", "instance"}
OWN = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
LOG_LABELS = {"service", "level", "node"}


def check(node, rendered):
    report.run("prometheus.yml", "promtool accepts it", ["promtool", "check", "config", f"{FOLDER}/prometheus.yml"])
    report.run("rules", "promtool accepts them", ["promtool", "check", "rules", *RULES])
    report.run("rules", "their tests pass", ["promtool", "test", "rules", *TESTS])
    groups = [group for path in RULES for group in load(path)["groups"]]
    rules = [rule for group in groups for rule in group["rules"]]
    report.expect("alerts", "each is tested, and has a section in docs/operations.md", alerts(rules))
    known = {**OWN, **node.labels, **edge_metrics(), **{rule["record"]: None for rule in rules if "record" in rule}}
    texts = {path: [rule["expr"] for rule in rules] for path in ("rules",)}
    texts.update({path: expressions(json.load(open(path))) for path in BOARDS})
    for objects in rendered.values():
        for each in objects:
            if each["kind"] == "HorizontalPodAutoscaler":
                texts["hpa"] = [metric["pods"]["metric"]["name"] for metric in each["spec"]["metrics"]]
    texts["docs/operations.md"] = re.findall(r"`((?:bs_|haproxy_|process_|cluster:|instance:)[^`]*)`", operations())
    for where, each in texts.items():
        report.expect(where, f"{len(each)} expressions name metrics and labels that exist", names(each, known))
    report.expect("boards", "ids and places are unique, alerts and boards share one data source", boards())
    report.expect("logs", "the labels are service, level and node", logs())


def load(path):
    with open(path) as text:
        return yaml.safe_load(text)


def operations():
    with open("docs/operations.md") as text:
        return text.read()


def alerts(rules):
    fired = {test["alertname"] for path in TESTS for unit in load(path)["tests"]
             for test in unit.get("alert_rule_test", []) if test.get("exp_alerts")}
    anchors = {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-")
               for line in re.findall(r"^#+ (.*)$", operations(), re.M)}
    for rule in (rule for rule in rules if "alert" in rule):
        if rule["alert"] not in fired:
            yield f"no test sees {rule['alert']} fire"
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        is_named = re.fullmatch(r"https://\S+/docs/operations\.md", page) and anchor == rule["alert"].lower()
        if not is_named or anchor not in anchors:
            yield f"{rule['alert']} has no section in docs/operations.md"
        if rule["labels"].get("severity") not in ("critical", "warning"):
            yield f"{rule['alert']} has no severity"


def expressions(tree):
    """Every `expr` of a board, and the queries of its variables."""
    if isinstance(tree, dict):
        own = [tree["expr"]] if "expr" in tree else []
        own += [tree["query"]] if tree.get("type") == "query" else []
        return own + [each for value in tree.values() for each in expressions(value)]
    return [each for value in tree for each in expressions(value)] if isinstance(tree, list) else []


def names(texts, known):
    for text in texts:
        for name, labels in promql.series(text):
            if name not in known:
                yield f"nobody exports {name}: {text}"
            elif known[name] is not None and labels - known[name] - SCRAPED:
                yield f"{name} has no label {labels - known[name] - SCRAPED}: {text}"


def edge_metrics():
    """What the edge itself exports, asked of a running one, with the labels of its samples."""
    address = f"127.0.0.1:{free_port()}"
    environment = {"PATH": os.environ["PATH"], "EDGE_METRICS_BIND": address, "EDGE_BIND": f"127.0.0.1:{free_port()}"}
    process = subprocess.Popen(["haproxy", "-db", "-f", "infra/edge/haproxy.cfg"], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                text = urllib.request.urlopen(f"http://{address}/metrics", timeout=2).read().decode()
                break
            if time.monotonic() > deadline:
                report.failed("edge", "it does not answer on its port for metrics")
                return {}
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    known = {}
    for name, labels in re.findall(r"^(haproxy_\w+)(?:\{(.*)\})? ", text, re.M):
        known.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return known


def free_port():
    import socket
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def boards():
    uids = [json.load(open(path))["uid"] for path in BOARDS]
    if len(set(uids)) != len(uids):
        yield "two boards have one uid"
    listed = load(f"{FOLDER}/grafana/kustomization.yaml")["configMapGenerator"][0]["files"]
    if sorted(listed) != [os.path.relpath(path, f"{FOLDER}/grafana") for path in BOARDS]:
        yield "infra/monitoring/grafana/kustomization.yaml does not list every board"
    for path in BOARDS:
        board = json.load(open(path))
        ids = [panel["id"] for panel in board["panels"]]
        if len(set(ids)) != len(ids):
            yield f"{path}: two panels have one id"
        cells = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            mine = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                    for y in range(place["y"], place["y"] + place["h"])}
            if mine & cells or place["x"] + place["w"] > 24:
                yield f"{path}: {panel['title']} covers another panel"
            cells |= mine
            if panel["datasource"]["uid"] != "${datasource}":
                yield f"{path}: {panel['title']} has a data source of its own"


def logs():
    load(f"{FOLDER}/loki/loki.yml")
    for job in load(f"{FOLDER}/loki/promtail.yml")["scrape_configs"]:
        targets = {rule["target_label"] for rule in job["relabel_configs"] if "target_label" in rule}
        if not targets <= LOG_LABELS:
            yield f"{job['job_name']} adds {targets - LOG_LABELS}"
        if set(job["pipeline_stages"][-1].get("labelallow", [])) != LOG_LABELS:
            yield f"{job['job_name']} does not end with labelallow"
    for kind, key in (("datasources", "datasources"), ("dashboards", "providers")):
        for path in glob.glob(f"{FOLDER}/grafana/provisioning/{kind}/*.yml"):
            if not load(path).get(key):
                yield f"{path} provisions nothing"
