#!/usr/bin/env python3
"""Breaks Tocsin on purpose, one thing at a time, and shows that the tests catch it.

Each `tests/mutants/*.mutant` says what is broken: `file` and `by` lines, then the text that stands there between `---` and
`+++`, then what takes its place. The text must stand there exactly once, so that a mutant does not outlive the code it breaks.
`by` names the tests that must fail: `simulation` (seeds, SEEDS=60 unless set) or `requirements STORY`.

    make mutants            every one of them
    make mutants ONLY=latch one
"""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "mutants"
COPIED = ["Cargo.toml", "Cargo.lock", "src", "tests", "benches", "device-profiles", "device-classes", "config", "docs",
          "README.md", "ARCHITECTURE.md", "systemd", "clippy.toml", "build.rs", "rustfmt.toml"]


def read(path):
    head, _, rest = path.read_text().partition("---\n")
    old, _, new = rest.partition("+++\n")
    fields = dict(line.split(" ", 1) for line in head.splitlines() if line and not line.startswith("#"))
    return fields["file"], fields["by"], old.rstrip("\n"), new.rstrip("\n")


def copy():
    """The sources as they are; what was built of them before is kept."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, WORK / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, target)


def test(by, env):
    kind, _, only = by.partition(" ")
    command = ["cargo", "test", "--quiet", "--test", kind]
    env = dict(env, **({"STORY": only} if only else {}))
    if kind == "simulation":
        command.append("the_invariants_hold")
        env.setdefault("SEEDS", "60")
    # A mutant that does not compile proves nothing.
    subprocess.run(command + ["--no-run"], cwd=WORK, env=env, check=True)
    return subprocess.run(command, cwd=WORK, env=env, capture_output=True, text=True)


def main():
    only = os.environ.get("ONLY")
    paths = sorted((ROOT / "tests" / "mutants").glob("*.mutant"))
    paths = [path for path in paths if only in (None, "", path.stem)]
    if not paths:
        sys.exit(f"no mutant is called {only}")
    env = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "target"))
    copy()
    survived = []
    for path in paths:
        file, by, old, new = read(path)
        target = WORK / file
        text = target.read_text()
        if text.count(old) != 1:
            sys.exit(f"{path.name}: what it breaks stands {text.count(old)} times in {file}; once is right")
        target.write_text(text.replace(old, new))
        result = test(by, env)
        target.write_text(text)
        said = [line for line in (result.stdout + result.stderr).splitlines() if "panicked" in line or "seed" in line.lower()]
        print(f"{path.stem:32} {'caught' if result.returncode else 'SURVIVED'} by {by}: {said[0].strip() if said else ''}",
              flush=True)
        if result.returncode == 0:
            survived.append(path.stem)
    if survived:
        sys.exit(f"nothing noticed: {', '.join(survived)}")


main()
