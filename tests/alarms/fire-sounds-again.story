# Unacknowledged fire sounds again 180 s after a silence, each time.
00:10 edge io-1/d9:fire true
00:20 silence li
00:21 silence li
03:30 wait
03:40 silence li
07:00 ack li io-1/d9:fire
07:01 silence li
11:00 wait
