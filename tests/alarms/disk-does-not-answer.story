# A commit that takes more than 500 ms: the wall goes on, unrecorded, with a self fault; facts keep their order.
00:10 disk hangs
00:11 edge panel-1/d1:fire true
00:13 ack li panel-1/d1:fire
00:20 disk works
00:21 ack li gateway/journal:self
00:30 disk full
00:31 edge panel-1/d2:fire true
00:35 disk works
