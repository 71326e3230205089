# FA-07: an isolation is never forgotten: told at every shift change and at its review. Hot work releases itself, and what is
# active then is an alarm at once.
00:05 isolate li panel-1/d2 60 defective base
00:06 hot-work li panel-1/d1 20 welding
00:10 edge panel-1/d1:fire true
00:11 edge panel-1/d1:disabled true
00:12 edge panel-1/d1:disabled false
20:07 wait
20:10 ack li panel-1/d1:fire
39:01 edge panel-1/d1:disabled true
# the shift changes forty minutes after the beginning
40:01 ack wang gateway/shift:self
60:06 wait
60:10 kill
