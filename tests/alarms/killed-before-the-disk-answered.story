# What was shown unrecorded and lost in a crash can never share its id with what comes later: the epoch differs.
00:10 disk hangs
00:11 edge panel-1/d1:fire true
00:13 disk hangs
00:14 kill
00:15 disk works
00:16 edge panel-1/d1:fire true
