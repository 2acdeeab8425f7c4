"""The settings of the nodes: their names, and that a node would start with their values."""

import base64
import os
import pathlib
import subprocess
import tempfile

import report
from objects import WORKLOADS, container

SECRETS = "/run/secrets/signal-node/"
NEEDED = {"NODE_NAME", "CLUSTER_SECRET_FILE", "REDIS_URL_FILE", "TRUSTED_PROXY_CIDRS"}


def of_nodes(objects):
    """What the environment of the nodes holds; NODE_NAME, which Kubernetes fills in, is the first one's."""
    maps = {each["metadata"]["name"]: each.get("data", {}) for each in objects if each["kind"] == "ConfigMap"}
    one = next(container(each) for each in objects
               if each["kind"] in WORKLOADS and container(each)["name"] == "signal-node")
    values = {}
    for source in one.get("envFrom", []):
        values.update(maps[source["configMapRef"]["name"]])
    values.update({each["name"]: each.get("value", "signal-node-0") for each in one.get("env", [])})
    return values


def unknown(objects, node):
    values = of_nodes(objects)
    for each in sorted(set(values) - node.settings):
        yield f"the node has no setting {each}"
    for each in sorted(NEEDED - set(values)):
        yield f"a node of a cluster needs {each}"


def accepted(overlay, objects):
    """`signal-node check` with these values; an overlay without secrets gets examples of their form."""
    secrets = EXAMPLES
    for each in objects:
        if each["kind"] == "Secret" and each["metadata"]["name"].startswith("signal-node"):
            secrets = {key: base64.b64decode(value).decode() for key, value in each["data"].items()}
    with tempfile.TemporaryDirectory() as folder:
        for key, value in secrets.items():
            pathlib.Path(folder, key).write_text(value)
        values = {key: value.replace(SECRETS, f"{folder}/") for key, value in of_nodes(objects).items()}
        done = subprocess.run([os.environ["SIGNAL_NODE"], "check"], env={"PATH": os.environ["PATH"], **values},
                              capture_output=True, text=True, timeout=30)
    report.expect(overlay, "`signal-node check` accepts the settings of the nodes",
                  [] if done.returncode == 0 else [done.stdout + done.stderr])


EXAMPLES = {
    "cluster-secret": "0" * 64,
    "redis-url": "sentinel://signal:0@sentinel-0.sentinel:26379,sentinel-1.sentinel:26379/main",
    "redis-sentinel-password": "0",
    "signal-token-sha256": "0" * 64,
    "admin-token-sha256": "1" * 64,
    # The public key of RFC 8037, appendix A.2.
    "jwt-keys.json": '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"example","alg":"EdDSA",'
                     '"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}',
    "turn-secret": "0" * 32,
}
