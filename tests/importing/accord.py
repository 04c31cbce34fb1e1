"""A small plan as files: Arden and Brevia on a ceasefire, forces and prisoners, in two drafts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PLAN = """\
plan:
  slug: accord
  title: An accord
  principals: [arden, brevia]
  current_revision: draft-2
parties:
  - {slug: arden, name: Arden, short: Arden}
  - {slug: brevia, name: Brevia, short: Brevia}
  - {slug: caldor, name: Caldor, short: Caldor}
categories:
  - {slug: peace, title: Achieving peace}
topics:
  - {slug: arms, title: Arms}
sources:
  - id: N1
    title: The accord as it was leaked
    publisher: The Daily Record
    url: https://news.example/accord
    published: 2026-01-05
    accessed: 2026-01-06
    kind: news
"""

LINES = """\
provisions:
  - slug: ceasefire
    title: Ceasefire
    category: peace
    roles: {obligor: [arden, brevia], verifier: [caldor]}
  - slug: forces
    title: Size of the forces
    category: peace
    topics: [arms]
    essential: {parties: [arden], reason: The words bind Arden alone.}
    parts:
      - {slug: forces-reserve, title: The reserve}
  - slug: prisoners
    title: Prisoners
    category: peace
"""

DRAFT_1 = """\
revisions:
  - slug: draft-1
    title: First draft
    short: Draft 1
    dated: 2026-01-05
    provenance: leaked
    sources: [N1]
    wordings:
      - provision: ceasefire
        number: "1"
        text: All fire ceases at noon.
      - provision: forces
        number: "1.10"
        gist: 600,000 cap
        text: Arden keeps 600,000 personnel.
        figures:
          - {name: troop-cap, label: Cap, value: 600000, unit: personnel}
        variants:
          - {parties: [brevia], text: "Arden keeps 500,000 personnel.", sources: [N1]}
        parts:
          - {provision: forces-reserve, number: 1.10a, text: The reserve is not counted.}
      - provision: prisoners
        number: "3"
        text: All prisoners return home.
"""

DRAFT_2 = """\
revisions:
  - slug: draft-2
    title: Second draft
    short: Draft 2
    dated: 2026-02
    derives_from: draft-1
    provenance: read_out
    wordings:
      - provision: ceasefire
        number: "1"
        text: All fire ceases at dawn.
      - provision: forces
        number: "2"
        text: Arden keeps 600,000 personnel.
    removals:
      - {provision: prisoners, outcome: unclear, sources: [N1]}
"""

SAID = """\
positions:
  - id: a-1
    party: arden
    speaker: The president
    stated_on: 2026-01-06
    revision: draft-1
    provisions: [ceasefire, forces]
    stance: accept
    authority: authoritative
    summary: Arden accepts both lines.
    evidence: [{source: N1, grade: B2}]
  - id: b-1
    party: brevia
    speaker: The minister
    stated_on: 2026-02
    revision: draft-2
    stance: conditional
    authority: negotiator
    conditions:
      - {reaches: {provision: forces, level: agreed}}
      - {event: withdrawal}
    summary: Brevia would sign once its terms are met.
    evidence: [{source: N1}]
"""

BESIDE = """\
events:
  - slug: withdrawal
    title: Withdrawal
    dated: 2026-03
    states: [{state: unmet, stated_on: 2026-02-01}]
companions:
  - {slug: annex, title: Annex, belongs_to: draft-1, dated: 2026-01, parties: [arden]}
disputes:
  - slug: cap
    subject: The cap
    provisions: [forces]
    status: open
    claims: [{value: "600000", text: "The cap is 600,000.", sources: [N1]}]
silence_procedures:
  - {provision: ceasefire, revision: draft-2, addressees: [brevia], deadline: 2026-03-01}
"""

FILES: Mapping[str, str] = {
    "plan.yaml": PLAN,
    "lines.yaml": LINES,
    "drafts/1.yaml": DRAFT_1,
    "drafts/2.yaml": DRAFT_2,
    "said.yaml": SAID,
    "beside.yaml": BESIDE,
}


def write(folder: Path, files: Mapping[str, str] = FILES) -> Path:
    """Put the files into the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change one passage of one file, which has to be there once."""
    text = (folder / name).read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    (folder / name).write_text(text.replace(old, new))
