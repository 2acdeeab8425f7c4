"""Runs all checks and prints one line for each; the exit status says whether all passed."""

import sys

import edge
import grace
import manifests
import monitoring
import node
import report
import rules
import scripts

if "--write" in sys.argv[1:]:
    rules.write()

the_node = node.Node.ask()
rendered = {name: manifests.render(name) for name in ("dev", "prod")}
for name, objects in rendered.items():
    if objects:
        manifests.check(name, objects, the_node)
        edge.check(name, objects)
manifests.check_images(rendered)
grace.check_compose(the_node)
monitoring.check(the_node, rendered)
rules.check()
scripts.check()
report.finish()
