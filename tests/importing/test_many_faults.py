"""Files with very many faults are told about in good time."""

import time

from . import accord


def test_thousands_of_names_that_nobody_defines(folder, faults):
    lines = "".join(f"  - {{slug: line-{n}, title: Line, category: group-{n}}}\n" for n in range(8000))
    (folder / "long.yaml").write_text("provisions:\n" + lines)
    began = time.process_time()
    assert len(faults()) == 8000
    assert time.process_time() - began < 20


def test_thousands_of_revisions_that_derive_from_each_other(folder, faults):
    draft = "title: Draft, short: Draft, dated: 2026, provenance: leaked"
    drafts = "".join(f"  - {{slug: d-{n}, derives_from: d-{n ^ 1}, {draft}}}\n" for n in range(4000))
    (folder / "long.yaml").write_text("revisions:\n" + drafts)
    began = time.process_time()
    assert faults()[0] == (
        "long.yaml:2:31: revisions[d-0].derives_from: a revision cannot derive from itself: d-0 from d-1 from d-0; "
        "mend one of them"
    )
    assert time.process_time() - began < 20


def test_one_name_over_and_over(folder, faults):
    accord.edit(folder, "plan.yaml", "[arden, brevia]", "[" + "arden, " * 100_000 + "brevia]")
    assert faults() == ["plan.yaml:4:15: plan.principals: names 'arden' more than once; keep one"]
