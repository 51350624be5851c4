"""xinzhuli: records of a school district's mental-health programme, kept in git, become one checked bilingual site."""

from generator import modules

modules.forget_where_somebody_stands()
