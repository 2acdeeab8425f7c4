"""Whether nodes are left the time that their settings give them between SIGTERM and their end."""

import re

import yaml

import report
import settings
from objects import WORKLOADS, container, name, pod

COMPOSE = "docker-compose.yml"
FAILOVER = "infra/docker/failover.yml"


def of_pods(objects, node):
    """The grace of a pod begins before its preStop; a node gets SIGTERM after it."""
    values = settings.of_nodes(objects)
    for each in objects:
        if each["kind"] in WORKLOADS and container(each)["name"] == "signal-node":
            needed = container(each)["lifecycle"]["preStop"]["sleep"]["seconds"] + exits_after(values, node)
            grace = pod(each)["terminationGracePeriodSeconds"]
            if grace <= needed:
                yield f"{name(each)} is killed after {grace} s, its drain may take {needed} s"


def check_compose(node):
    with open(COMPOSE) as base, open(FAILOVER) as more:
        services, added = yaml.safe_load(base)["services"], yaml.safe_load(more)["services"]
    complaints = []
    for each, service in services.items():
        if not re.fullmatch(r"node\d+", each):
            continue
        own = {**environment_file(service["env_file"]), **service["environment"]}
        failover = {**own, **added.get(each, {}).get("environment", {})}
        grace = int(str(service["stop_grace_period"]).removesuffix("s"))
        for path, values in ((COMPOSE, own), (FAILOVER, failover)):
            needed = exits_after({key: default(value) for key, value in values.items()}, node)
            if grace <= needed:
                complaints.append(f"{path}: {each} is killed after {grace} s, its drain may take {needed} s")
    report.expect("compose", "nodes have time for their drain", complaints)


def exits_after(values, node):
    """The node itself refuses a drain that lasts longer than this."""
    return int(values.get("HARD_EXIT_SECONDS") or node.defaults["HARD_EXIT_SECONDS"])


def environment_file(path):
    with open(path) as text:
        return dict(line.strip().split("=", 1) for line in text if "=" in line and not line.startswith("#"))


def default(value):
    """What Compose makes of a value when the variables in it are not set."""
    return re.sub(r"\$\{\w+(?::?-([^}]*))?[^}]*\}", lambda match: match[1] or "", str(value))
