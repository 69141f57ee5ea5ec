"""`[engine]`, its short form, and what a caller asks for in its place."""

from __future__ import annotations

import pytest

import momot
from momot.build.manifest import spec_of
from momot.errors import ProjectError
from momot.project import parse
from momot.project.schema import EngineSettings
from momot.project.settings import settings

BODY = """
name = "Shop"
{top}
[[opinions]]
from = "o.csv"
at = "at"
person = "who"
instrument = "nps"
value = "score"
{more}
"""


def written(top: str = "", more: str = "") -> EngineSettings:
    return parse(BODY.format(top=top, more=more)).engine


def test_nothing_said_is_duckdb_with_all_of_the_machine() -> None:
    assert written() == EngineSettings(url="duckdb", memory_limit=None, threads=None, spill=None, options={})


def test_the_short_form_is_the_url_alone() -> None:
    assert written(top='engine = "spark://host:7077"') == written(more='[engine]\nurl = "spark://host:7077"')


def test_sizes_are_written_as_duckdb_takes_them() -> None:
    limits = [written(more=f'[engine]\nmemory_limit = "{size}"').memory_limit for size in ("4GB", "400 mb", "1.5g", "2GiB")]
    assert limits == ["4GB", "400MB", "1.5GB", "2GB"]


def test_settings_of_spark_may_be_written_with_or_without_quotes() -> None:
    quoted = written(more='[engine]\nurl = "yarn"\noptions = {"spark.executor.memory" = "8g", "spark.ui.enabled" = true}')
    bare = written(more='[engine]\nurl = "yarn"\noptions.spark.executor.memory = "8g"\noptions.spark.ui.enabled = true')
    assert quoted.options == bare.options == {"spark.executor.memory": "8g", "spark.ui.enabled": "true"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[engine]\nmemory_limit = "4"', 'must be a size such as "4GB"'),
        ("[engine]\nmemory_limit = 4", "found the number 4"),
        ('[engine]\nurl = "sparc://x"', '"duckdb" or a Spark master'),
        ("[engine]\nthreads = 0", "'threads'"),
        ('[engine]\nmemory_limits = "4GB"', "Did you mean 'memory_limit'?"),
    ],
)
def test_what_is_wrong_is_said_with_its_fix(more: str, said: str) -> None:
    with pytest.raises(ProjectError, match="engine") as error:
        written(more=more)
    assert said in str(error.value)


def test_what_a_caller_gives_goes_before_the_file() -> None:
    file = EngineSettings(url="yarn", memory_limit="1GB", threads=4)
    assert settings(file, "duckdb", "2 gb", None, "/x") == EngineSettings(url="duckdb", memory_limit="2GB", threads=4, spill="/x")
    for wrong in ({"engine": "sparc"}, {"memory_limit": "many"}, {"threads": 0}):
        with pytest.raises(ProjectError):
            settings(file, **({"engine": None, "memory_limit": None, "threads": None, "spill": None} | wrong))


def test_another_engine_is_no_other_project() -> None:
    assert spec_of(parse(BODY.format(top="", more=""))) == spec_of(parse(BODY.format(top='engine = "yarn"', more="")))


def test_the_library_takes_the_same(tmp_path) -> None:
    (tmp_path / "momot.toml").write_text(BODY.format(top="", more="[engine]\nthreads = 2"))
    assert momot.open(tmp_path, threads=1, memory_limit="1GB").file.engine == EngineSettings(memory_limit="1GB", threads=1)
