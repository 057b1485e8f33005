"""The code of the first page: private, kept over a restart, forgiving in how it is typed, gone after its use."""

from pathlib import Path

from bihuan.installation import first_run


def test_the_code_is_kept_for_its_owner_alone_and_is_the_same_after_a_restart(tmp_path: Path) -> None:
    code = first_run.code_of(tmp_path)
    assert (tmp_path / first_run.FILE).stat().st_mode & 0o777 == 0o600
    assert first_run.code_of(tmp_path) == code


def test_every_installation_has_another_code(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert first_run.code_of(tmp_path / "a") != first_run.code_of(tmp_path / "b")


def test_hyphens_blanks_and_small_letters_do_not_matter(tmp_path: Path) -> None:
    code = first_run.code_of(tmp_path)
    for typed in (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '')} "):
        assert first_run.fits(tmp_path, typed)


def test_a_part_of_the_code_or_more_than_it_does_not_fit(tmp_path: Path) -> None:
    code = first_run.code_of(tmp_path)
    for typed in ("", "-", code[:-1], code + "2", code.replace(code[0], "é"), "环" * 16):
        assert not first_run.fits(tmp_path, typed)


def test_nothing_fits_where_there_is_no_code_or_an_empty_one(tmp_path: Path) -> None:
    assert not first_run.fits(tmp_path, "")
    (tmp_path / first_run.FILE).write_text("\n")
    assert not first_run.fits(tmp_path, "")
    assert not first_run.fits(tmp_path, "-")


def test_a_code_that_was_used_fits_no_more(tmp_path: Path) -> None:
    code = first_run.code_of(tmp_path)
    first_run.forget(tmp_path)
    first_run.forget(tmp_path)
    assert not first_run.fits(tmp_path, code)
