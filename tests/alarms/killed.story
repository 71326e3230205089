# kill -9: the same open occurrences, nothing cleared, every source unknown, unacknowledged fire sounds again.
00:10 edge panel-1/d1:fire true
00:11 edge panel-1/d2:fire true
00:12 edge io-1/power:mains-fault true
00:13 silence li
00:14 ack li panel-1/d1:fire
00:15 isolate li panel-1/m1 5 leaking
00:20 kill
00:21 edge panel-1/d1:fire true
00:22 edge panel-1/d2:fire false
00:23 edge io-1/power:mains-fault false
00:24 ack li panel-1/d2:fire io-1/power:mains-fault
06:00 wait
