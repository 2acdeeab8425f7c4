#!/usr/bin/env python3
"""Counts what the Autobahn suite says of each case, and fails when one of them failed: judge.py INDEX.json"""
import collections
import json
import sys

GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)["node"]
counts = collections.Counter(case["behavior"] for case in cases.values())
failed = sorted(
    name for name, case in cases.items() if not {case["behavior"], case["behaviorClose"]} <= GOOD)
print(f"{len(cases)} cases: " + ", ".join(f"{count} {word}" for word, count in counts.most_common()))
for name in failed:
    print(f"  {name} failed: see .build/autobahn/report/{cases[name]['reportfile']}")
# A suite that could not connect has no cases.
sys.exit(1 if failed or len(cases) < 250 else 0)
