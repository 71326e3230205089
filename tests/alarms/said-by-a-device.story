# A panel that reports by itself: what the site lists and what it does not list are the same to the operator.
00:10 record panel-9 says d1:fire true
00:11 record panel-9 says l3-p5:fire true
00:12 record panel-9 says d1:fire true
00:13 silence li
00:14 record panel-9 says l4-p1:supervisory true
00:15 record panel-9 says l4-p2:feedback true
00:16 record panel-9 says l4-p2:feedback false
00:17 record panel-9 says l4-p3:fault true
00:18 record panel-9 says l4-p3:fault false
00:20 record panel-9 operated silence
00:30 ack li panel-9/d1:fire panel-9/l4-p1:supervisory
00:31 judge li panel-9/d1:fire real
00:40 reset li device panel-9
00:41 ack li panel-9/l3-p5:fire panel-9/l4-p3:fault
# The panel itself says that it was reset: that is the confirmation.
00:50 reset li device panel-9
00:52 record panel-9 reset
# What is still active is said again: a new episode.
00:58 record panel-9 says l3-p5:fire true
