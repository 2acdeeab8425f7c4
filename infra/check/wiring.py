"""Who finds whom: selectors of Services, policies and budgets, and the ports that they name."""

from objects import name, pod, port_names


def fits(selector, labels):
    for expression in selector.get("matchExpressions", []):
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def same_namespace(a, b):
    return a["metadata"].get("namespace") == b["metadata"].get("namespace")


def chosen(each, selector, workloads):
    return [workload for workload in workloads if same_namespace(each, workload)
            and fits(selector, workload["spec"]["template"]["metadata"]["labels"])]


def selectors(objects, workloads):
    for workload in workloads:
        if not fits(workload["spec"]["selector"], workload["spec"]["template"]["metadata"]["labels"]):
            yield f"{name(workload)} does not select its own pods"
        for spread in pod(workload).get("topologySpreadConstraints", []):
            if not chosen(workload, spread["labelSelector"], [workload]):
                yield f"{name(workload)} spreads the pods of somebody else"
    for each in objects:
        spec = each.get("spec", {})
        if each["kind"] == "Service" and len(chosen(each, {"matchLabels": spec["selector"]}, workloads)) != 1:
            yield f"{name(each)} does not select the pods of one workload"
        if each["kind"] == "PodDisruptionBudget" and len(chosen(each, spec["selector"], workloads)) != 1:
            yield f"{name(each)} does not select the pods of one workload"
        if each["kind"] == "NetworkPolicy":
            peers = [peer for rule in spec.get("ingress", []) for peer in rule.get("from", [])]
            peers += [peer for rule in spec.get("egress", []) for peer in rule.get("to", [])]
            for selector in [spec["podSelector"]] + [peer["podSelector"] for peer in peers if "podSelector" in peer]:
                if not chosen(each, selector, workloads):
                    yield f"{name(each)} selects nobody with {selector}"
        if each["kind"] == "StatefulSet":
            heads = [other for other in objects if other["kind"] == "Service" and same_namespace(each, other)
                     and other["metadata"]["name"] == spec["serviceName"] and other["spec"].get("clusterIP") == "None"]
            if not heads:
                yield f"{name(each)} has no headless Service {spec['serviceName']}"
        if each["kind"] == "HorizontalPodAutoscaler":
            target = spec["scaleTargetRef"]
            if not any((w["kind"], w["metadata"]["name"]) == (target["kind"], target["name"]) for w in workloads):
                yield f"{name(each)} scales nothing"


def ports(objects, workloads):
    services = [each for each in objects if each["kind"] == "Service"]
    for service in services:
        for workload in chosen(service, {"matchLabels": service["spec"]["selector"]}, workloads):
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in port_names(workload):
                    yield f"{name(service)} sends to {port['targetPort']}, which {name(workload)} has not"
    for each in objects:
        if each["kind"] == "ServiceMonitor":
            found = [s for s in services if same_namespace(each, s)
                     and fits(each["spec"]["selector"], s["metadata"].get("labels", {}))]
            if len(found) != 1:
                yield f"{name(each)} finds {len(found)} Services"
            for endpoint in each["spec"]["endpoints"]:
                for service in found:
                    if endpoint["port"] not in [port["name"] for port in service["spec"]["ports"]]:
                        yield f"{name(each)} scrapes {endpoint['port']}, which {name(service)} has not"
        if each["kind"] == "NetworkPolicy":
            yield from policy_ports(each, workloads)


def policy_ports(policy, workloads):
    spec = policy["spec"]
    for rule in spec.get("ingress", []):
        for target in chosen(policy, spec["podSelector"], workloads):
            yield from missing_ports(policy, rule, [target], every=False)
    for rule in spec.get("egress", []):
        for peer in rule.get("to", []):
            if "podSelector" in peer:
                yield from missing_ports(policy, rule, chosen(policy, peer["podSelector"], workloads), every=True)


def missing_ports(policy, rule, targets, every):
    """Ports that the targets lack: a numbered one is fine when one of them has it."""
    for port in rule["ports"]:
        named = isinstance(port["port"], str)
        has = [port["port"] in (port_names(t) if named else port_names(t).values()) for t in targets]
        if targets and not any(has) and (named or every):
            yield f"{name(policy)} allows port {port['port']}, which nobody there has"


