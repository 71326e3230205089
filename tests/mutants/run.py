#!/usr/bin/env python3
"""Breaks Tocsin on purpose, one thing at a time, and shows that the seeded simulation catches it.

Each `tests/mutants/*.mutant` says in its first line what is broken, then in `file` where: the text that stands there between `---`
and `+++`, then what takes its place. The text must stand there exactly once, so that a mutant does not outlive the code it breaks.
All of them are built into one copy of the sources: what takes the place of statements or of an expression stands beside them, and
`broken!()` within it says whether this mutant is the one that is switched on. So the same binary shows that it is whole while
none is, and each mutant costs its seeds alone.

    make mutants              every one of them, and docs/mutants.md
    make mutants ONLY=latch   one, and no page
    SEEDS=100 make mutants    over so many seeds (100 unless set)
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "mutants"
COPIED = ["Cargo.toml", "Cargo.lock", "src", "tests", "benches", "device-profiles", "device-classes", "config", "docs",
          "README.md", "ARCHITECTURE.md", "systemd", "clippy.toml", "build.rs", "rustfmt.toml"]
SWITCH = '''
/// Whether this mutant is the one that is switched on.
pub fn broken(name: &str) -> bool {
    static ON: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| std::env::var("TOCSIN_MUTANT").unwrap_or_default());
    *ON == name
}
'''


def read(path):
    head, _, rest = path.read_text().partition("---\n")
    old, _, new = rest.partition("+++\n")
    lines = head.splitlines()
    fields = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    return lines[0].lstrip("# "), fields["file"], old.rstrip("\n"), new.rstrip("\n")


def copy():
    """The sources as they are; what was built of them before is kept, and so is the age of what did not change."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, WORK / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, target)


def apply(path):
    _, file, old, new = read(path)
    target = WORK / file
    text = target.read_text()
    if text.count(old) != 1:
        sys.exit(f"{path.name}: what it breaks stands {text.count(old)} times in {file}; once is right")
    on = f'crate::broken("{path.stem}")'
    if "broken!()" in new:
        new = new.replace("broken!()", on)
    else:
        new = f"if {on} {{\n{new}\n}} else {{\n{old}\n}}"
    target.write_text(text.replace(old, new))


def play(env, mutant, seeds):
    """How many seeds failed, the first of them, what it said."""
    command = ["cargo", "test", "--quiet", "--test", "simulation", "the_invariants_hold", "--", "--nocapture"]
    env = dict(env, TOCSIN_MUTANT=mutant, SEEDS=str(seeds), ALL="1", RUST_BACKTRACE="0")
    env.pop("SEED", None)
    result = subprocess.run(command, cwd=WORK, env=env, capture_output=True, text=True)
    said = result.stdout + result.stderr
    caught = re.search(r"caught in (\d+) of \d+ seeds, the first is (\d+)", said)
    first = re.search(r"failed: seed \d+: ([^:]*)", said)
    if caught:
        return int(caught[1]), int(caught[2]), first[1] if first else "a panic"
    # No seed failed: the run may still say that something was never put to the test, which a mutant must not hide behind.
    return 0, None, said[-600:] if result.returncode and not mutant else ""


def main():
    only = os.environ.get("ONLY")
    seeds = int(os.environ.get("SEEDS", "100"))
    paths = sorted((ROOT / "tests" / "mutants").glob("*.mutant"))
    paths = [path for path in paths if only in (None, "", path.stem)]
    if not paths:
        sys.exit(f"no mutant is called {only}")
    env = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "target"), CARGO_PROFILE_DEV_OPT_LEVEL="1")
    copy()
    for path in paths:
        apply(path)
    library = WORK / "src" / "lib.rs"
    library.write_text(library.read_text() + SWITCH)
    # Mutants that do not compile prove nothing.
    subprocess.run(["cargo", "test", "--quiet", "--test", "simulation", "--no-run"], cwd=WORK, env=env, check=True)
    failed, first, said = play(env, "", seeds)
    if failed:
        sys.exit(f"with nothing broken seed {first} fails: {said}")
    print(f"{'nothing is broken':26} no seed of {seeds} fails", flush=True)
    rows, survived = [], []
    for path in paths:
        failed, first, said = play(env, path.stem, seeds)
        if failed:
            print(f"{path.stem:26} caught in {failed} of {seeds} seeds, first in {first}: {said}", flush=True)
            rows.append(f"| `{path.stem}` | {read(path)[0]} | {failed} of {seeds} | {first} | {said} |")
        else:
            print(f"{path.stem:26} SURVIVED {seeds} seeds", flush=True)
            survived.append(path.stem)
    if survived:
        sys.exit(f"nothing noticed: {', '.join(survived)}")
    if not only:
        (ROOT / "docs" / "mutants.md").write_text(page(rows, seeds))


def page(rows, seeds):
    return "\n".join([
        "# What the seeded simulation catches",
        "",
        "Written by `make mutants`, which breaks Tocsin on purpose, one thing at a time (`tests/mutants/`), and plays the seeds of",
        f"`tests/simulation.rs` over it. With nothing broken none of the {seeds} seeds fails.",
        "",
        "| mutant | what is broken | caught in seeds | first | by the invariant |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
    ])


main()
