"""What a pod asks, is told, may do and mounts."""

from objects import container, name, pod, port_names


def probes(workloads, node):
    for workload in workloads:
        one = container(workload)
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            probe = one.get(kind)
            if probe is None:
                if kind != "startupProbe":
                    yield f"{name(workload)} has no {kind}"
                continue
            place = probe.get("httpGet") or probe.get("tcpSocket")
            if place and place["port"] not in port_names(workload):
                yield f"{name(workload)} {kind} asks the port {place['port']}"
            if "httpGet" in probe and place["path"] not in node.paths:
                yield f"{name(workload)} {kind} asks {place['path']}, which a node does not serve"
        if one["name"] == "signal-node":
            paths = [one.get(kind, {}).get("httpGet", {}).get("path")
                     for kind in ("startupProbe", "readinessProbe", "livenessProbe")]
            if paths != ["/health", "/readyz", "/livez"]:
                yield f"{name(workload)} asks {paths}"


def rights(objects, workloads):
    for workload in workloads:
        template = pod(workload)
        security = template.get("securityContext", {})
        own = container(workload).get("securityContext", {})
        resources = container(workload).get("resources", {})
        wanted = {
            "runs as root": security.get("runAsNonRoot") and security.get("runAsUser", 0) > 0,
            "has no seccomp profile": security.get("seccompProfile", {}).get("type") == "RuntimeDefault",
            "may write its root": own.get("readOnlyRootFilesystem"),
            "may gain rights": own.get("allowPrivilegeEscalation") is False,
            "keeps capabilities": own.get("capabilities", {}).get("drop") == ["ALL"],
            "holds a token of the API": template.get("automountServiceAccountToken") is False,
            "asks for no CPU and memory": {"cpu", "memory"} <= set(resources.get("requests", {})),
            "has no memory limit": "memory" in resources.get("limits", {}),
        }
        for complaint, holds in wanted.items():
            if not holds:
                yield f"{name(workload)} {complaint}"
    accounts = {(each["metadata"]["namespace"], each["metadata"]["name"])
                for each in objects if each["kind"] == "ServiceAccount"}
    for workload in workloads:
        if (workload["metadata"]["namespace"], pod(workload).get("serviceAccountName")) not in accounts:
            yield f"{name(workload)} has no account of its own"


def volumes(objects, workloads):
    maps = {(each["metadata"]["namespace"], each["metadata"]["name"])
            for each in objects if each["kind"] == "ConfigMap"}
    for workload in workloads:
        own = {volume["name"] for volume in pod(workload).get("volumes", [])}
        own |= {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])}
        mounted = {mount["name"] for mount in container(workload).get("volumeMounts", [])}
        for stray in own ^ mounted:
            yield f"{name(workload)} declares or mounts the volume {stray}, not both"
        for volume in pod(workload).get("volumes", []):
            source = volume.get("configMap", {}).get("name")
            if source and (workload["metadata"]["namespace"], source) not in maps:
                yield f"{name(workload)} mounts the ConfigMap {source}, which is not there"


