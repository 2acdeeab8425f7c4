"""The rendered manifests: schemas, and what schemas cannot see."""

import subprocess
import tempfile

import yaml

import custom
import grace
import pods
import report
import settings
import wiring
from objects import WORKLOADS, container

KUBERNETES = "1.31"


def render(overlay):
    folder = f"infra/k8s/overlays/{overlay}"
    done = report.run(folder, "renders", ["kubectl", "kustomize", folder])
    return [each for each in yaml.safe_load_all(done.stdout) if each] if done.returncode == 0 else []


def check(overlay, objects, node):
    schemas(overlay, objects)
    workloads = [each for each in objects if each["kind"] in WORKLOADS]
    report.expect(overlay, "selectors find their pods", wiring.selectors(objects, workloads))
    report.expect(overlay, "ports of Services, monitors and policies exist", wiring.ports(objects, workloads))
    report.expect(overlay, "probes ask what is served", pods.probes(workloads, node))
    report.expect(overlay, "settings of the nodes exist", settings.unknown(objects, node))
    settings.accepted(overlay, objects)
    report.expect(overlay, "nodes have time for their drain", grace.of_pods(objects, node))
    report.expect(overlay, "pods have no more rights than they need", pods.rights(objects, workloads))
    report.expect(overlay, "volumes are there and come from somewhere", pods.volumes(objects, workloads))


def schemas(overlay, objects):
    known = [each for each in objects if each["kind"] not in custom.SCHEMAS]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all(known, file)
        file.flush()
        report.run(overlay, f"{len(known)} objects fit the schemas of Kubernetes {KUBERNETES}", [
            "kubernetes-validate", "-k", KUBERNETES, "--strict", "--quiet", file.name])
    report.expect(overlay, "custom resources fit theirs", custom.complaints(objects))


def check_images(rendered):
    """One version of each program everywhere, and never `latest`."""
    images = {}
    for overlay, objects in rendered.items():
        for workload in (each for each in objects if each["kind"] in WORKLOADS):
            images.setdefault(container(workload)["image"], set()).add(overlay)
    for path in ("docker-compose.yml", "infra/turn/docker-compose.yml"):
        try:
            with open(path) as text:
                services = yaml.safe_load(text)["services"].values()
        except FileNotFoundError:
            continue
        for service in services:
            if "image" in service:
                images.setdefault(service["image"], set()).add(path)
    versions = {}
    for image in images:
        repository, _, tag = image.rpartition(":") if ":" in image.rsplit("/", 1)[-1] else (image, "", "")
        versions.setdefault(repository, set()).add(tag)
    own = ("signal-node", "registry.example.com/signal-node")
    report.expect("images", ", ".join(sorted(images)), [
        f"{repository} is used as {sorted(tags)}" for repository, tags in versions.items()
        if "" in tags or "latest" in tags or (len(tags) > 1 and repository not in own)])
