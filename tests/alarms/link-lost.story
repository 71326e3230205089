# Quality loss clears nothing and raises nothing but the link fault; the wall says unknown, not normal.
00:10 edge panel-1/d1:fire true
00:12 ack li panel-1/d1:fire
00:20 link panel-1 down
00:30 reset li device panel-1
00:50 wait
00:55 link panel-1 up
00:56 edge panel-1/d1:fire true
# the whole bus: one fault, the devices fold under it
01:10 link lan down
01:10 link panel-1 down
01:20 link lan up
01:21 edge panel-1/d1:fire false
