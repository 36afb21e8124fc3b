"""A codebook that changes under codings."""

import pytest

from suggester import Project
from suggester.errors import CodebookError
from tests.conftest import CODES, write_csv


@pytest.fixture
def study(planted, tmp_path):
    with Project.create(tmp_path / "study") as study:
        study.import_transcripts(planted.transcripts)
        study.import_codebook(planted.codebook)
        study.import_codings(planted.codings, finished=True)
        yield study


def codebook(tmp_path, names):
    path = tmp_path / "new.csv"
    write_csv(path, [["name"], *([name] for name in names)])
    return path


def test_a_codebook_that_leaves_out_codes_in_use_is_refused(study, tmp_path):
    with pytest.raises(CodebookError, match="'Learning'") as error:
        study.import_codebook(codebook(tmp_path, ["Emotional support", "Practical support"]))
    assert "--rename" in str(error.value)
    assert study.codebook().version == 1


def test_a_renamed_code_keeps_its_codings(study, tmp_path):
    before = len([c for c in study.codings() if c.code == "Learning"])
    names = ["Emotional support", "Practical support", "Learning and growth"]
    study.import_codebook(codebook(tmp_path, names), renamed={"Learning": "Learning and growth"})
    assert before > 0
    assert [c.code for c in study.codings()].count("Learning and growth") == before
    assert {c.code for c in study.codings()} == set(names)


@pytest.mark.usefixtures("fake_encoder")
def test_a_dropped_code_keeps_its_codings_but_trains_nothing(study, tmp_path):
    total = len(study.codings())
    study.import_codebook(codebook(tmp_path, ["Emotional support", "Practical support"]), drop=True)
    assert len(study.codings()) == total
    report = study.train()
    assert {code.code for code in report.quality.codes} == {"Emotional support", "Practical support"}
    assert all(s.code in CODES for item in study.suggest().passages for s in item.suggestions)
    assert not any(s.code == "Learning" for item in study.suggest().passages for s in item.suggestions)


def test_renaming_what_is_not_there_is_an_error(study, tmp_path):
    with pytest.raises(CodebookError, match="no such code"):
        study.import_codebook(codebook(tmp_path, list(CODES)), renamed={"Learnin": "Learning"})


def test_undoing_an_import_takes_its_finished_marks_back(study):
    assert study.store.finished()
    (batch,) = study.coding_batches()
    study.undo_codings(batch.number)
    assert study.store.finished() == frozenset()
