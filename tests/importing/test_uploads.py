"""What may be uploaded, and what is refused before a byte of it is read as a plan."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from provisions.importing.uploads import MOST_BYTES, BadUpload, laid_out, packed, unpacked


def zipped(**members: bytes | str) -> bytes:
    return zip_of([(name.replace("__", "/").replace("_yaml", ".yaml"), raw) for name, raw in members.items()])


def zip_of(members) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members:
            archive.writestr(name, raw)
    return made.getvalue()


def test_plan_files_come_out_of_a_zip_and_the_rest_is_passed_over():
    raw = zip_of(
        [
            ("plan/b.yaml", "b"),
            ("plan/a.json", "{}"),
            ("plan/README.md", "Read me."),
            ("plan/.hidden.yaml", "no"),
            ("__MACOSX/plan/._b.yaml", "no"),
        ]
    )
    assert unpacked([("plan.zip", raw)]) == {"plan/a.json": b"{}", "plan/b.yaml": b"b"}


def test_several_files_are_taken_as_they_are():
    assert unpacked([("b.yaml", b"b"), ("a.yml", b"a")]) == {"a.yml": b"a", "b.yaml": b"b"}


REFUSED = {
    "a way out of the folder": (zip_of([("../evil.yaml", "x")]), "is no name of a file inside the upload"),
    "a way out further down": (zip_of([("plan/../../evil.yaml", "x")]), "is no name of a file inside the upload"),
    "an absolute path": (zip_of([("/etc/evil.yaml", "x")]), "is no name of a file inside the upload"),
    "a backslash": (zip_of([("plan\\..\\evil.yaml", "x")]), "is no name of a file inside the upload"),
    "a drive": (zip_of([("C:evil.yaml", "x")]), "is no name of a file inside the upload"),
    "a bomb in one file": (zip_of([(f"{n}.yaml", b"0" * 6_000_000) for n in range(12)]), "has more than 50 MB"),
    "no zip at all": (b"PK but not really", "cannot be unpacked"),
    "half a zip": (zip_of([("plan.yaml", "x" * 1000)])[:-40], "cannot be unpacked"),
    "nothing of ours": (zip_of([("README.md", "x")]), "There is no plan file"),
    "too many files": (zip_of([(f"{n}.yaml", "x") for n in range(1001)]), "more than 1000 files"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_zip_is_refused_for(what):
    raw, why = REFUSED[what]
    with pytest.raises(BadUpload, match=why):
        unpacked([("plan.zip", raw)])


def test_a_link_in_a_zip_is_refused():
    link = zipfile.ZipInfo("plan.yaml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(BadUpload, match="is a link"):
        unpacked([("plan.zip", zip_of([(link, "/etc/passwd")]))])


def test_a_zip_with_a_password_is_refused():
    raw = bytearray(zip_of([("plan.yaml", "x")]))
    # The flag of encryption, in the file's own head and in the directory.
    for head, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(head) + offset] |= 1
    with pytest.raises(BadUpload, match="password"):
        unpacked([("plan.zip", bytes(raw))])


def test_a_member_that_is_larger_than_it_says_is_read_no_further_than_a_plan_file_may_be():
    (raw,) = unpacked([("plan.zip", zip_of([("plan.yaml", b"0" * 9_000_000)]))]).values()
    assert len(raw) == 5_000_001


def test_the_same_name_twice_is_refused():
    with pytest.raises(BadUpload, match=r"Two files are called 'a\.yaml'"):
        unpacked([("a.yaml", b"1"), ("a.yaml", b"2")])
    with pytest.warns(UserWarning, match="Duplicate"):
        raw = zip_of([("a.yaml", "1"), ("a.yaml", "2")])
    with pytest.raises(BadUpload, match="twice in the zip"):
        unpacked([("plan.zip", raw)])


def test_an_upload_of_any_size_is_refused_beyond_the_limit():
    with pytest.raises(BadUpload, match="More than 10 MB"):
        unpacked([("a.yaml", b"0" * MOST_BYTES), ("b.yaml", b"0")])


def test_what_was_taken_is_kept_the_same_to_the_byte_and_laid_out_again(tmp_path):
    files = {"plan.yaml": b"a", "revisions/01.yaml": b"b"}
    assert packed(files) == packed(dict(reversed(files.items())))
    laid_out(packed(files), tmp_path)
    found = {str(path.relative_to(tmp_path)): path.read_bytes() for path in Path(tmp_path).rglob("*.yaml")}
    assert found == files
