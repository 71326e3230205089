site linkages
# Killed in the evacuation delay: it goes on, and its permission is read anew; what nobody reads is not released.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true lp/spray-allowed true lp/aborted false
00:10 edge lp/d4:fire true
00:11 edge lp/d5:fire true
00:20 kill 2
00:23 status lp/start-auto-allowed true lp/spray-allowed true lp/aborted false
00:24 edge lp/d4:fire true
00:25 edge lp/d5:fire true
01:00 wait
