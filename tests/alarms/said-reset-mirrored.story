# A reset that only the panel knows of: acknowledged rows close, unacknowledged ones stay, what is disabled stays disabled.
00:10 record panel-9 says l3-p5:fire true
00:11 record panel-9 says d1:fire true
00:12 record panel-9 says l6-p1:disabled true
00:13 record panel-9 says d1:fault true
00:20 ack li panel-9/d1:fire
00:30 record panel-9 reset
00:31 record panel-9 says d1:fault true
00:40 ack li panel-9/l3-p5:fire panel-9/d1:fault
00:41 record panel-9 says d1:fault false
00:50 record panel-9 says l6-p1:fire true
00:51 record panel-9 says l6-p1:disabled false
