site linkages
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true lp/spray-allowed true lp/aborted false
00:05 drill zhao 2 30 spring drill
00:10 edge lp/d4:fire true
00:11 edge lp/d5:fire true
00:45 do li gas 0
# Under test, detections are none.
01:00 test zhao lp/d8,lp/d9 10 smoke pole
01:01 edge lp/d8:fire true
01:02 edge lp/d9:fire true
