"""The PrometheusRule of Kubernetes says what infra/monitoring/rules says."""

import glob
import textwrap

import report

TARGET = "infra/k8s/components/monitoring/prometheus-rules.yaml"
HEAD = """\
# Written by `infra/check/run --write` from infra/monitoring/rules; change the rules there.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: signaling
  namespace: signaling
spec:
  groups:
"""


def text():
    groups = []
    for path in sorted(glob.glob("infra/monitoring/rules/*.yml")):
        with open(path) as file:
            groups.append(file.read().split("groups:\n", 1)[1])
    return HEAD + textwrap.indent("\n".join(groups), "  ")


def write():
    with open(TARGET, "w") as file:
        file.write(text())


def check():
    with open(TARGET) as file:
        same = file.read() == text()
    report.expect("PrometheusRule", "it is what infra/monitoring/rules says",
                  [] if same else [f"{TARGET} is old: infra/check/run --write"])
