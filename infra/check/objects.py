"""Questions about the objects of a manifest."""

WORKLOADS = ("StatefulSet", "Deployment", "DaemonSet")


def name(each):
    return f"{each['kind']} {each['metadata']['name']}"


def pod(workload):
    return workload["spec"]["template"]["spec"]


def container(workload):
    return pod(workload)["containers"][0]


def port_names(workload):
    return {port["name"]: port["containerPort"] for port in container(workload)["ports"]}
