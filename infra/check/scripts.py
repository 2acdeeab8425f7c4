"""The scripts inside containers, and the rights of Redis' users."""

import re

import report

STARTS = ("infra/k8s/base/redis/start", "infra/turn/start", "infra/check/run")
ACL = "infra/k8s/base/redis/signal.acl"


def check():
    report.run("scripts", "shellcheck finds nothing", ["shellcheck", *STARTS])
    with open(ACL) as file:
        ours = file.read().split()
    with open("docs/redis.md") as file:
        documented = re.search(r"ACL SETUSER signal on >PASSWORD (.*?)```", file.read(), re.S).group(1).split()
    report.expect("redis", "the user of the nodes has the rights of docs/redis.md", [] if ours == documented
                  else [f"{ACL} differs from docs/redis.md: {' '.join(set(ours) ^ set(documented))}"])
