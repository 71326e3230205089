# A reset recorded here of which the panel says nothing: the row becomes unknown, and only a second word of the person ends it.
00:10 record panel-9 says l3-p5:fire true
00:11 record panel-9 says d1:fire true
00:20 ack li panel-9/l3-p5:fire panel-9/d1:fire
00:30 reset li device panel-9
# Within the window the panel says one of them again: it is still burning there.
00:40 record panel-9 says d1:fire true
01:00 wait
# What it is made to say anew proves nothing.
01:01 record panel-9 says-again l3-p5:fire true
01:10 reset li device panel-9
01:11 ack li panel-9/d1:fire
01:12 reset li device panel-9
01:40 reset li device panel-9
