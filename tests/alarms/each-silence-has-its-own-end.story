# Each silence has its own end: silencing a later fire keeps no earlier one quiet for longer than 180 s.
00:10 edge panel-1/d1:fire true
00:20 silence li
02:50 edge panel-1/d2:fire true
03:00 silence li
# the first sounds again 180 s after its own silence
03:21 wait
03:30 ack li panel-1/d1:fire
06:01 wait
