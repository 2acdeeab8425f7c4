"""The edge: HAProxy accepts its file in every way it is used, and knows every node that may come."""

import os
import pathlib
import re
import subprocess
import tempfile

import report
from objects import container, name, pod

CONFIGURATION = "infra/edge/haproxy.cfg"


def check(overlay, objects):
    deployment = next(each for each in objects if name(each) == "Deployment edge")
    configured = next(each for each in objects
                      if each["kind"] == "ConfigMap" and "haproxy.cfg" in each.get("data", {}))
    with open(CONFIGURATION) as text:
        report.expect(overlay, f"the edge has {CONFIGURATION}", [] if configured["data"]["haproxy.cfg"] == text.read()
                      else [f"the ConfigMap of the edge is not {CONFIGURATION}"])
    variables = {each["name"]: each.get("value", "signaling") for each in container(deployment)["env"]}
    with tempfile.TemporaryDirectory() as folder:
        if "EDGE_CERTIFICATE" in variables:
            variables["EDGE_CERTIFICATE"] = certificate(folder, deployment)
        # Kubernetes puts $(NAME) in; names of pods are not looked up here, which the edge allows at its start.
        own = {key: value.replace("$(POD_NAMESPACE)", "signaling") for key, value in variables.items()}
        report.run(overlay, "HAProxy accepts the edge's settings", ["haproxy", "-c", "-q", "-f", CONFIGURATION],
                   env={"PATH": os.environ["PATH"], **own})
    report.expect(overlay, "the edge has a place for every node", places(objects, variables))
    report.expect(overlay, "the edge knows its variables", unknown(variables))


def certificate(folder, deployment):
    """A certificate for nobody, its files named as the volume of the Secret names them."""
    volume = next(each for each in pod(deployment)["volumes"] if each["name"] == "tls")
    files = {item["key"]: pathlib.Path(folder, item["path"]) for item in volume["secret"]["items"]}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=nobody", "-days", "1", "-keyout", files["tls.key"], "-out", files["tls.crt"]],
                   check=True, capture_output=True)
    return str(files["tls.crt"])


def places(objects, variables):
    nodes = next(each for each in objects if name(each) == "StatefulSet signal-node")
    port = container(nodes)["ports"][0]["containerPort"]
    most = nodes["spec"].get("replicas", 0)
    for each in objects:
        if each["kind"] == "HorizontalPodAutoscaler":
            most = max(most, each["spec"]["maxReplicas"])
    for number in range(1, most + 1):
        wanted = f"signal-node-{number - 1}.{nodes['spec']['serviceName']}.$(POD_NAMESPACE).svc.cluster.local:{port}"
        if variables.get(f"NODE{number}_ADDRESS") != wanted:
            yield f"NODE{number}_ADDRESS is not {wanted}"
    with open(CONFIGURATION) as text:
        held = int(re.search(r"hold obsolete (\d+)s", text.read()).group(1))
    if nodes["spec"].get("minReadySeconds", 0) < held + 10:
        yield f"a rolling update is faster than the edge, which keeps an old address for {held} s"
    if "EDGE_RESOLVE" not in variables:
        yield "pods change their addresses, and EDGE_RESOLVE is not set"


def unknown(variables):
    with open(CONFIGURATION) as text:
        known = set(re.findall(r"\b(?:EDGE|NODE)[0-9A-Z_]+", text.read()))
    return [f"{CONFIGURATION} does not use {each}" for each in set(variables) - known - {"POD_NAMESPACE"}]
