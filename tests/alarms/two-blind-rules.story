# Two rules of one point cannot be read: their link fault ends when both can.
00:10 link panel-1/d1:fire down
00:11 link panel-1/d1:fault down
00:12 ack li panel-1/d1:link-fault
00:20 link panel-1/d1:fire up
00:21 edge panel-1/d1:fire false
00:30 link panel-1/d1:fault up
# over a lost link
01:00 link panel-1/d1:fire down
01:01 link panel-1/d1:fault down
01:02 ack li panel-1/d1:link-fault
01:10 link panel-1 down
01:20 link panel-1 up
01:21 edge panel-1/d1:fire false
01:22 edge panel-1/d1:fault false
