"""Reads a suite's output on standard input and prints 'PASSED FAILED': vitest's closing lines, or lines 'N passed, N failed'."""
import re
import sys

passed = failed = 0
for line in sys.stdin:
    if re.match(r"\s*Tests\s+\d", line):  # vitest: "Tests  1 failed | 12 passed | 2 skipped (15)"
        passed += int((re.search(r"(\d+) passed", line) or [0, 0])[1])
        failed += int((re.search(r"(\d+) failed", line) or [0, 0])[1])
    elif found := re.fullmatch(r"(\d+) passed, (\d+) failed(?:, \d+ skipped)?", line.strip()):
        passed += int(found[1])
        failed += int(found[2])
print(passed, failed)
