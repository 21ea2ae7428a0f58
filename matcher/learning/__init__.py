"""Learning from answers (N3): a small, bounded correction of the ranking's probability, and each side's own order.

`features` what a match is described by, `evidence` what an answer says, `guards` whose answers count how much, `fit`
weights from answers, `contest` whether they may replace the ones in use, `correction` what they do to a score,
`personal` what an organisation's own refusals lower in its own list. All pure; effects are in `matcher.actions`.
"""
