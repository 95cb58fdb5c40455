"""Makes parts of a finished run readable. It reads the files alone, a few customers at a time.

listing    the campaigns of a run
trail      who passed whose money on, and how far it went
story      a campaign with the lives of the customers around it
entries    a row, an event, a label, an alert as an entry of a story
meanings   what the bank's codes mean
text       a story as lines for a terminal
"""
