"""Machine-learning assisted coding for qualitative researchers.

Everything public is named here and loaded when it is first used, so that importing the package costs
nothing: ``from suggester import Project, CodeSuggester``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from suggester.corpus import ReadingOptions
    from suggester.errors import SuggesterError
    from suggester.learn.suggester import CodeSuggester
    from suggester.project import Project

__all__ = ["CodeSuggester", "Project", "ReadingOptions", "SuggesterError", "__version__"]

__version__ = "0.1.0"

_HOME = {
    "CodeSuggester": "suggester.learn.suggester",
    "Project": "suggester.project",
    "ReadingOptions": "suggester.corpus",
    "SuggesterError": "suggester.errors",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'suggester' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
