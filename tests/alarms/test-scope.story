# A fire of a point under test is shown as test: no incident, no sound, nothing owed (FA-10, design §4).
00:05 test li panel-1/d1 0 smoke pole
00:06 test li panel-1/d1 600 smoke pole
00:07 test li panel-1/d1 10
00:08 test li panel-1/nothing 10 smoke pole
00:09 test wall panel-1/d1 10 smoke pole
00:10 test li panel-1/d1,panel-1/m1 10 smoke pole
00:20 edge panel-1/d1:fire true
00:22 edge panel-1/m1:supervisory true
# it goes quiet, and comes back: it stays a test
00:24 edge panel-1/d1:fire false
00:26 edge panel-1/d1:fire true
# a point beside it alarms fully
00:30 edge panel-1/d2:fire true
# nothing of the test stands in the way of a reset
00:31 ack li panel-1/d2:fire
00:32 reset li device panel-1
00:33 edge panel-1/d2:fire false
# what the gateway says of a point under test is no test
00:40 link panel-1 down
00:41 link panel-1 up
00:42 edge panel-1/d1:fire true
# its time is over: what is still active is a fire like any other
10:11 wait
10:12 ack wang panel-1/d1:fire
