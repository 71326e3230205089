site linkages
# While it is only proposed, somebody starts the fan on the spot and stops it again. Released later, it must prove itself
# anew: nobody is told that it runs because it ran before.
00:01 status lp/start-auto-allowed true lp/start-manual-allowed true fan-1/running false
00:10 edge lp/d2:fire true
00:15 status fan-1/running true
00:30 status fan-1/running false
00:40 do li propose 0
01:00 wait
