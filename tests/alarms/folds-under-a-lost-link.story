site linkages
# The panel starts the smoke fan, whose device does not answer: that is announced, and the missing feedback folds under it.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running false
00:05 link fan-1 down
00:10 edge lp/d1:fire true
00:21 wait
# After a restart nothing is known of the link: what folded stays folded.
00:25 kill
00:26 edge lp/d1:fire true
00:27 link fan-1 down
# The link is back: the fault stands by itself, and is heard.
00:30 link fan-1 up
00:31 status fan-1/running false
# What was there before the link was lost does not follow from it.
00:35 link fan-1 down
00:36 wait
