# FA-07: isolation stops sound, never the row; it survives a reset; release evaluates the present state at once.
00:10 isolate li panel-1/d1 10
00:11 isolate li panel-1/d1 0 dust
00:12 isolate li panel-1/nothing 10 dust
00:13 isolate wall panel-1/d1 10 dust
00:14 isolate li panel-1/d1 10 dust
00:15 isolate wang panel-1/d1 10 dust
00:20 edge panel-1/d1:fire true
00:25 reset li device panel-1
# nobody looked at it for ten minutes
10:20 wait
10:30 release li panel-1/d1
10:40 ack li panel-1/d1:fire panel-1/d1:self
