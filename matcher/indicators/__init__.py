"""Technical indicators (N1): what a need asks, what an achievement states, and whether that is enough.

`numbers` reads numbers, `quantities` a number with its relation and unit, `mentions` finds quantities with their names
in text of five languages, `demands` what a need's text requires, `likeness` tells which names mean one quantity
(`synonyms` and `groups`) or one kind (`kinds`), `forms` and `circumstances` which values can be compared, and `comparing`
sets both sides side by side.
"""

from matcher.indicators.comparing import Comparison, compare
from matcher.indicators.demands import demanded, requirements, tempered
from matcher.indicators.likeness import same_name
from matcher.indicators.measuring import Verdict, bounds
from matcher.indicators.mentions import Mention, extract
from matcher.indicators.reading import Reading

__all__ = ["Comparison", "Mention", "Reading", "Verdict", "bounds", "compare", "demanded", "extract", "requirements", "same_name", "tempered"]
