"""The scripts inside containers, the rights of Redis' users, and what the runbook asks of Redis."""

import re

import report

STARTS = ("infra/k8s/base/redis/start", "infra/turn/start", "infra/check/run")
ACL = "infra/k8s/base/redis/signal.acl"
INSIDE = r"exec (-i )?(redis|sentinel|\$server)\S* -- +sh -c +'REDISCLI_AUTH=\$\(cat /run/secrets/redis/"


def check():
    report.run("scripts", "shellcheck finds nothing", ["shellcheck", *STARTS])
    report.expect("runbook", "its commands for Redis have a pod and a password, and tell no secret", unable())
    with open(ACL) as file:
        ours = file.read().split()
    with open("docs/redis.md") as file:
        documented = re.search(r"ACL SETUSER signal on >PASSWORD (.*?)```", file.read(), re.S).group(1).split()
    report.expect("redis", "the user of the nodes has the rights of docs/redis.md", [] if ours == documented
                  else [f"{ACL} differs from docs/redis.md: {' '.join(set(ours) ^ set(documented))}"])


def unable():
    """Commands that fail as they are written: only the pods of Redis and its Sentinels have the password and the way."""
    with open("docs/operations.md") as file:
        blocks = re.findall(r"^```sh\n(.*?)^```", file.read(), re.M | re.S)
    for command in "\n".join(blocks).replace("\\\n", " ").splitlines():
        if re.search(r"\bredis-cli\b", command):
            if not re.search(INSIDE, command):
                yield f"it runs nowhere, or without a password: {command.strip()}"
            if re.search(r"redis-cli .*(-a |setuser.*>)", command, re.I):
                yield f"everybody who lists processes reads a secret: {command.strip()}"
