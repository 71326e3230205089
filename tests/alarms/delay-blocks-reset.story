# A reset is refused while a discharge delay runs.
00:10 edge panel-1/d1:fire true
00:11 edge panel-1/gas:delay true
00:12 ack li panel-1/d1:fire
00:13 reset li device panel-1
# The delay of a vent is no reason.
00:14 edge panel-1/vent:delay true
00:20 edge panel-1/gas:delay false
00:21 reset li device panel-1
00:22 reset li device nowhere
# A delay of which nobody knows what comes at its end is.
00:50 ack li panel-1/d1:fire
00:51 edge panel-1/cell:delay true
00:52 reset li device panel-1
00:53 edge panel-1/cell:delay unknown
00:54 reset li building 2
