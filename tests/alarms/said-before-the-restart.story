# A device that cannot be asked: after a restart, and while it is silent, nobody knows; what it says next tells.
00:10 record panel-9 says l3-p5:fire true
00:11 record panel-9 says d1:fault true
00:12 record panel-9 says l6-p1:disabled true
00:13 ack li panel-9/l3-p5:fire panel-9/d1:fault
00:20 kill
00:30 record panel-9 says d1:fault false
00:31 record panel-9 says l3-p5:fire true
00:40 link panel-9 down
00:41 link panel-9 up
# Said anew on request: it brings back what was known, and neither begins nor ends anything.
00:42 record panel-9 says-again l3-p5:fire true
00:43 record panel-9 says-again l6-p1:disabled false
00:44 record panel-9 says-again l7-p7:fire true
00:45 record panel-9 says l6-p1:disabled true
00:50 without panel-9
00:51 close li panel-9/l6-p1:disabled
