"""The same rules over the same export, written for other tools as their users would write them.

Eleven rules over complaints: limits in minutes, hours, days by the calendar and within the day, an order of events,
a form, allowed values, a number within bounds, a condition. Each tool starts from the CSV file and ends with a file
that says of every breach which rule and which record, by its key; each is a process of its own. What it found must
equal what plain SQL finds (``truth``), rule by rule, by number and by a hash of the keys.

The other tools are of the versions in ``uv.lock`` (dependency group ``benchmarks``), in an environment of their own.
Each runs on what proved quickest of what it runs on: Pointblank and Pandera on a Polars table, dataframely on a lazy
one of which it keeps only the breaches, Great Expectations on pandas.

What is not the same:

- ``checker`` also reads headers and dates however they are spelt, hashes its inputs, looks for keys that stand twice,
  tells five outcomes apart and counts them, and writes a sentence and the evidence for each breach. The others are
  told the columns and the one format of dates, and write rule and key.
- The other tools call a rule kept where an empty field leaves it open; ``checker`` says that it could not be judged.
  Only ``resolved_at`` has empty fields in this export, and the limits on it count them as still open.
- Great Expectations compares columns with columns and computes nothing, so what its rules compute is made into columns
  by pandas first, and a rule of several fields is several expectations.
- Pandera writes each row that fails as JSON text, whether or not that is wanted.
- Pointblank keeps 500 rows of a step unless told otherwise; here it is told to keep all.
"""
