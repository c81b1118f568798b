"""What the grader's own tests stand on: a small tree with a lab of its own, in git, that the host's compiler builds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

TOY_C = """\
/* toy.c: a list of numbers. */
#include "mm/toy.h"

#define LIMIT 16

static int count;
static int table[LIMIT];

static bool full(void);

/* Is there { no room? */
static bool full(void)
{
	return count == LIMIT;
}

/* One line of help. */
static int place_of(int number)
{
	int i;

	for (i = 0; i < count && table[i] < number; i++)
		;
	return i;
}

/*
 * Put @number where it belongs.
 * => false: there is no room
 */
bool toy_insert(int number)
{
	int place = place_of(number);

	if (full())
		return false;
	for (int i = count; i > place; i--)
		table[i] = table[i - 1];	/* make room: } */
	table[place] = number;
	count++;
	return true;
}

/* Take the lowest. => -1: none */
int toy_take(void)
{
	int lowest;

	if (!count)
		return -1;
	lowest = table[0];
	count--;
	for (int i = 0; i < count; i++)
		table[i] = table[i + 1];
	return lowest;
}

int *toy_first(void)
{
	return count ? &table[0] : 0;
}
"""

TOY_TOML = """\
title = "A toy"
hours = 1

[[piece]]
name = "insert"
title = "a place for each"
functions = ["toy_insert"]
file = "mm/toy.c"
along = ["place_of"]

[[piece]]
name = "take"
functions = ["toy_take"]
file = "mm/toy.c"
stub.toy_take = "return -1;"

[[mutant]]
name = "highest"
piece = "take"
misconception = "The last is the lowest"
killed_by = ["test_toy.py::test_take"]
"""

HIGHEST_PATCH = """\
Takes the wrong end.

--- a/mm/toy.c
+++ b/mm/toy.c
@@ -41,18 +41,20 @@ bool toy_insert(int number)
 	return true;
 }

+#define LAST (count - 1)
+
+static int last(void)
+{
+	return table[LAST];
+}
+
 /* Take the lowest. => -1: none */
 int toy_take(void)
 {
-	int lowest;
+	int highest = count ? last() : -1;

-	if (!count)
-		return -1;
-	lowest = table[0];
-	count--;
-	for (int i = 0; i < count; i++)
-		table[i] = table[i + 1];
-	return lowest;
+	count -= count > 0;
+	return highest;
 }

 int *toy_first(void)
"""

MAKEFILE = """\
ARCH ?= riscv
CFLAGS = -std=gnu11 -ffreestanding -Wall -Wextra -Werror -Wno-unused-parameter -I.
D = build/$(ARCH)$(if $(PAE),-nopae)$(if $(DEBUG),-debug)
$(D)/pagoda: $(D)/mm/toy.o ; cp $< $@
$(D)/%.o: %.c ; @mkdir -p $(@D); gcc $(CFLAGS) -c $< -o $@
builddir: ; @echo $(D)
"""

FILES = {
    "Makefile": MAKEFILE, "mm/toy.c": TOY_C, "labs/toy/lab.toml": TOY_TOML, "labs/toy/mutants/highest.patch": HIGHEST_PATCH,
    "mm/toy.h": "#include <stdbool.h>\nbool toy_insert(int number);\nint toy_take(void);\nint *toy_first(void);\n",
    "labs/toy/README.md": "# A toy\r\n\r\n### 1 · Insert (99 lines, `toy_insert`)\r\n",
    "labs/toy/test_toy.py": "def test_take():\n    pass\n",
    "labs/toy/hidden/test_more.py": "SECRET = 1\n", "labs/other/lab.toml": TOY_TOML, "labs/README.md": "# Labs\n",
    "grade/instructor/batch.py": "CLASS = 1\n", "grade/test/test_x.py": "", "grade/runner.py": "", ".ci/run": "true\n",
    "grade/README.md": "For instructors.\n", ".gitignore": "/build/\n/handin.*\n",
}


def commit(tree, message="more"):
    """Commit all that is in a tree."""
    who = {f"GIT_{a}_{b}": "test" for a in ("AUTHOR", "COMMITTER") for b in ("NAME", "EMAIL")}
    if not (Path(tree) / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main", tree], check=True)
    for argv in (["add", "-A"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", "-C", tree, *argv], check=True, env=os.environ | who)


def write(tree, files):
    """Write {relative path: text} below a folder."""
    for name, text in files.items():
        path = Path(tree) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


@pytest.fixture
def toy(tmp_path):
    """The small tree, not in git yet."""
    tree = tmp_path / "tree"
    write(tree, FILES)
    return tree


@pytest.fixture
def toy_git(toy):
    """The small tree, committed."""
    commit(toy)
    return toy
