# A reset at a panel that holds its alarms: acknowledged quiet rows close, unacknowledged ones stay until they are.
00:10 edge panel-1/d1:fire true
00:11 edge panel-1/d2:fire true
00:12 edge panel-1/m1:supervisory true
00:20 ack li panel-1/d1:fire
00:30 edge panel-1/d1:fire false
00:31 edge panel-1/d2:fire false
00:40 ack li panel-1/d2:fire
00:41 ack li panel-1/m1:supervisory
00:42 edge panel-1/m1:supervisory false
