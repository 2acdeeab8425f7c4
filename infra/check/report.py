"""The outcome of every check: a line each, and the exit status."""

import subprocess
import sys

failures = 0


def passed(subject, what):
    print(f"ok    {subject}: {what}")


def failed(subject, what):
    global failures
    failures += 1
    print(f"FAIL  {subject}: {what}")


def expect(subject, what, complaints):
    """One check with any number of complaints; none means that it passed."""
    complaints = list(complaints)
    for complaint in complaints:
        failed(subject, complaint)
    if not complaints:
        passed(subject, what)


def run(subject, what, command, **options):
    """A check by another program: its status counts, and its output is shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
    if done.returncode == 0:
        passed(subject, what)
    else:
        failed(subject, f"{what}: {' '.join(map(str, command))}\n{(done.stdout + done.stderr).strip()}")
    return done


def finish():
    print(f"{failures} complaints." if failures else "No complaints.")
    sys.exit(1 if failures else 0)
